package dev.kedge.engine;

import dev.kedge.model.Entry;
import dev.kedge.model.Failure;
import dev.kedge.model.KedgeException;
import dev.kedge.model.OpenWait;
import dev.kedge.model.Path;
import dev.kedge.model.Payload;
import dev.kedge.model.Topic;
import dev.kedge.model.Wait;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The record of what a run has done, in its plainest form: for handlers whose code runs and replays
 * elsewhere. Java code uses the verbs of {@link RunContext}, which replay for it.
 *
 * <p>Every write is fenced by the attempt's lease and returns once it is committed. For use by any
 * thread. All methods throw {@link KedgeException.LeaseLost} where the lease is somebody else's;
 * then nothing was written, and the handler is about to be stopped.
 */
public interface Journal {

    /** How many entries and waits one run may have. */
    int ENTRIES_MAX = 200_000;

    /** How many keys a run's state may have. */
    int STATE_KEYS_MAX = 1_000;

    int STATE_KEY_CHARS_MAX = 256;

    /** How large a run's state may be, all values together. */
    int STATE_BYTES_MAX = 4 << 20;

    /**
     * What there is to replay.
     *
     * @param entries how many records have a position
     * @param lastPosition the highest position given so far; 0 where there is none
     * @param waits what the run waited for when its last attempt was parked or lost
     */
    record Contents(int entries, int lastPosition, List<OpenWait> waits) {
        public static final Contents NONE = new Contents(0, 0, List.of());
    }

    /** Reads how much there is; costs nothing where this is the run's first lease. */
    Contents contents();

    /**
     * Reads records by position: those after {@code position}, in order, at most {@code limit} and
     * not more than some megabytes; at least one where there is one.
     */
    List<Entry> after(int position, int limit);

    /** Records what a step returned after {@code took}. Returns its position. */
    int complete(Path path, int seen, int tries, Duration took, Payload output);

    /** Records that a step failed for good, as far as its own retries go. Returns its position. */
    int fail(Path path, int seen, int tries, Duration took, Failure failure);

    /**
     * Takes the position from failed steps, invocations too, because the attempt fails for them:
     * the next one will carry them out again.
     */
    void reopen(Collection<Path> failed);

    /** Begins to wait; where the wait is there already, says how it stands. */
    OpenWait open(Path path, int seen, Wait wait);

    /**
     * Records a wait that is over; empty while it is not.
     *
     * <p>The output of a sleep is JSON null; of a wait, the event ({@code {id, topic, payload,
     * publishedAt}}), or null if it timed out; of an invocation, the child's result, or a failure.
     */
    Optional<Entry> resolve(Path path);

    /** Publishes an event, and records that. Returns the record's position. */
    int emit(Path path, int seen, Topic topic, Payload payload);

    /** The run's state as it stands, all of it. */
    Map<String, Payload> state();

    /** Sets one value of the run's state, or deletes it where {@code value} is null. */
    void state(String key, @Nullable Payload value);
}
