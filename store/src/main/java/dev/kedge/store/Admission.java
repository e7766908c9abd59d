package dev.kedge.store;

import dev.kedge.model.RunId;
import dev.kedge.store.LimitedLane.Cap;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Decides which due runs may start under limits: each for which every limit it is under has room.
 * Those that it lets in take up room from then on.
 *
 * <p>For one claim; used by one thread.
 */
final class Admission {

    /** A due run. */
    record Candidate(LimitedLane lane, RunId run, @Nullable String key) {

        List<Cap> caps() {
            return lane.caps(key);
        }
    }

    private final Map<Scope, Integer> counts = new HashMap<>();
    private final Set<RunId> admitted = new HashSet<>();
    private final Set<Scope> full = new HashSet<>();

    /** Counts what is there already. */
    void count(Scope scope, int runs) {
        counts.merge(scope, runs, Integer::sum);
    }

    /** How many more runs of a lane may start, whatever their keys; {@code limit} at most. */
    int room(LimitedLane lane, int limit) {
        return lane.caps().stream().mapToInt(this::room).reduce(limit, Math::min);
    }

    /**
     * Lets in at most {@code limit} of these runs, the first ones first, and none a second time.
     */
    List<Candidate> admit(List<Candidate> candidates, int limit) {
        var chosen = new ArrayList<Candidate>();
        for (var candidate : candidates) {
            if (chosen.size() == limit) {
                break;
            }
            if (!admitted.contains(candidate.run()) && hasRoom(candidate)) {
                candidate.caps().forEach(cap -> count(cap.scope(), 1));
                admitted.add(candidate.run());
                chosen.add(candidate);
            }
        }
        return chosen;
    }

    private boolean hasRoom(Candidate candidate) {
        var inTheWay = candidate.caps().stream().filter(cap -> room(cap) == 0).toList();
        inTheWay.forEach(cap -> full.add(cap.scope()));
        return inTheWay.isEmpty();
    }

    /** None where a limit was lowered below what runs already. */
    private int room(Cap cap) {
        return Math.max(0, cap.max() - counts.getOrDefault(cap.scope(), 0));
    }

    /** Where runs were turned away. */
    Set<Scope> full() {
        return full;
    }
}
