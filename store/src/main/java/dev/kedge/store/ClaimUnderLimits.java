package dev.kedge.store;

import dev.kedge.model.JobName;
import dev.kedge.model.Namespace;
import dev.kedge.model.RunId;
import dev.kedge.store.Admission.Candidate;
import dev.kedge.store.LeaseStore.Holder;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One claim of lanes whose job or namespace has a limit: lock the limits, count what runs, look at
 * what is due, choose, lease.
 *
 * <p>While the limits are locked nobody else claims under them, and what is read then is younger
 * than every claim that went before. So whatever {@link Admission} lets in is within the limits
 * when the transaction commits; from then on it is the running rows that are counted. A crash in
 * between leaves nothing behind.
 */
final class ClaimUnderLimits {

    /** How many concurrency keys of a lane one claim goes along. */
    static final int KEYS_MAX = 500;

    /** How many runs of each of these keys it looks at. */
    private static final int OF_EACH_KEY = 10;

    /** How far past what is wanted a claim looks for runs whose key has room. */
    private static final int LOOK_AHEAD = 100;

    private static final Sql LOCK = Sql.load("limited_lock");
    private static final Sql RUNNING = Sql.load("limited_running");
    private static final Sql BY_KEY = Sql.load("limited_by_key");
    private static final Sql STARTS = Sql.load("rate_count");
    private static final Sql LEASE = Sql.load("lease_chosen");

    /** How many due runs to look at in a lane that may start some. */
    private record Depth(LimitedLane lane, int runs) {}

    /** What was found along the keys, and after which one to go on; empty for all of them. */
    private record Walk(List<Candidate> found, String nextKey) {}

    private final Tx tx;
    private final Holder holder;
    private final Map<Integer, Offer> offers;
    private final int limit;
    private final Admission admission = new Admission();
    private final Map<Scope.Starts, Duration> freeIn = new HashMap<>();

    /** {@code tx} must be a transaction. */
    ClaimUnderLimits(Tx tx, Holder holder, List<Offer> offers, int limit) {
        this.tx = tx;
        this.holder = holder;
        this.offers = offers.stream().collect(Collectors.toMap(Offer::lane, Function.identity()));
        this.limit = limit;
    }

    /**
     * Leases as much as the limits allow.
     *
     * @param head which due runs of a lane come first
     * @param afterKey where the last claim stopped on its way along the concurrency keys
     * @return null where the holder was declared lost, or its generation is over
     */
    @Nullable LimitedClaim claim(Sql head, String afterKey) {
        var lanes = lock();
        if (lanes == null) {
            return null;
        }
        if (lanes.isEmpty()) {
            return new LimitedClaim(List.of(), true, afterKey, null);
        }
        countRunning(lanes);
        var depths = depths(lanes);
        var seen = look(head, depths);
        var first = admit(seen, limit);
        var walk =
                first.size() == limit
                        ? new Walk(List.of(), afterKey)
                        : walk(crowded(depths, seen), afterKey);
        var hidden = admit(walk.found(), limit - first.size());
        var leased = lease(Stream.concat(first.stream(), hidden.stream()).toList());
        var goesOn = leased.size() > first.size() || !walk.nextKey().isEmpty();
        return new LimitedClaim(
                leased,
                lanes.size() < offers.size(),
                walk.nextKey(),
                goesOn ? Duration.ZERO : untilRateAllows());
    }

    private @Nullable List<LimitedLane> lock() {
        return tx.guarded(
                LOCK.with("worker", holder.worker().value())
                        .with("gen", holder.gen())
                        .with("lanes", offers.keySet().stream().mapToInt(lane -> lane).toArray()),
                row ->
                        new LimitedLane(
                                row.number("lane"),
                                new Namespace(row.text("namespace")),
                                new JobName(row.text("job")),
                                row.flag("paused"),
                                JobStore.limits(row),
                                row.numberOrNull("max_concurrency_of_namespace")));
    }

    private void countRunning(List<LimitedLane> lanes) {
        var lowest = lanes.stream().mapToInt(LimitedLane::lowest).min().orElseThrow();
        tx.query(
                RUNNING.with("lanes", numbers(lanes))
                        .with("lowest", lowest)
                        .with("unsettled_max", LeaseStore.UNSETTLED_MAX),
                this::countRunning);
    }

    private int countRunning(Row row) throws SQLException {
        var namespace = new Namespace(row.text("namespace"));
        var job = new JobName(row.text("job"));
        var key = row.textOrNull("concurrency_key");
        var runs = row.number("runs");
        admission.count(new Scope.OfNamespace(namespace), runs);
        admission.count(new Scope.OfJob(namespace, job), runs);
        if (key != null) {
            admission.count(new Scope.OfKey(namespace, job, key), runs);
        }
        return runs;
    }

    private List<Depth> depths(List<LimitedLane> lanes) {
        var depths = new ArrayList<Depth>();
        for (var lane : lanes) {
            var room = admission.room(lane, limit);
            if (room > 0 && !lane.paused()) {
                depths.add(new Depth(lane, lane.isKeyed() ? room + LOOK_AHEAD : room));
            }
        }
        return depths;
    }

    private List<Candidate> look(Sql head, List<Depth> depths) {
        if (depths.isEmpty()) {
            return List.of();
        }
        var rows = new Columns<>(depths);
        var lanes = byNumber(depths.stream().map(Depth::lane).toList());
        return tx.query(
                head.with("lanes", rows.numbers(depth -> depth.lane().lane()))
                        .with("counts", rows.numbers(Depth::runs)),
                row -> candidate(row, lanes));
    }

    /** Those lanes that could start more, but nothing of what was seen of them. */
    private List<LimitedLane> crowded(List<Depth> depths, List<Candidate> seen) {
        var counts =
                seen.stream()
                        .collect(Collectors.groupingBy(Candidate::lane, Collectors.counting()));
        return depths.stream()
                .filter(depth -> counts.getOrDefault(depth.lane(), 0L) == depth.runs())
                .map(Depth::lane)
                .filter(lane -> lane.isKeyed() && admission.room(lane, limit) > 0)
                .toList();
    }

    private Walk walk(List<LimitedLane> crowded, String afterKey) {
        if (crowded.isEmpty()) {
            return new Walk(List.of(), "");
        }
        var lanes = byNumber(crowded);
        var nextKey = new ArrayList<String>();
        var found =
                tx.query(
                        BY_KEY.with("lanes", numbers(crowded))
                                .with("after_key", afterKey)
                                .with("keys_max", KEYS_MAX)
                                .with("of_each", OF_EACH_KEY),
                        row -> {
                            nextKey.add(Objects.requireNonNullElse(row.textOrNull("last_key"), ""));
                            return candidate(row, lanes);
                        });
        return new Walk(found, nextKey.isEmpty() ? "" : nextKey.getFirst());
    }

    private List<Candidate> admit(List<Candidate> candidates, int atMost) {
        countStarts(candidates);
        return admission.admit(candidates, atMost);
    }

    /** Of those keys that rate limits ask about and that were not counted yet. */
    private void countStarts(List<Candidate> candidates) {
        var pers = new LinkedHashMap<Scope.Starts, Duration>();
        for (var candidate : candidates) {
            var rate = candidate.lane().limits().rate();
            var starts = candidate.lane().starts(candidate.key());
            if (rate != null && !freeIn.containsKey(starts)) {
                pers.put(starts, rate.per());
            }
        }
        if (!pers.isEmpty()) {
            var rows = new Columns<>(List.copyOf(pers.entrySet()));
            tx.query(
                    STARTS.with("namespaces", rows.texts(per -> per.getKey().namespace().value()))
                            .with("jobs", rows.texts(per -> per.getKey().job().value()))
                            .with("keys", rows.texts(per -> per.getKey().key()))
                            .with("pers_ms", rows.larges(per -> per.getValue().toMillis())),
                    this::countStarts);
        }
    }

    private int countStarts(Row row) throws SQLException {
        var starts =
                new Scope.Starts(
                        new Namespace(row.text("namespace")),
                        new JobName(row.text("job")),
                        row.text("key"));
        var count = row.number("starts");
        admission.count(starts, count);
        freeIn.put(starts, Duration.ofMillis(row.large("free_in_ms")));
        return count;
    }

    private List<Claimed> lease(List<Candidate> chosen) {
        if (chosen.isEmpty()) {
            return List.of();
        }
        var rows = new Columns<>(chosen);
        return tx.query(
                LEASE.with("worker", holder.worker().value())
                        .with("run_ids", rows.uuids(run -> run.run().value()))
                        .with("deployments", rows.uuids(this::deployment)),
                row -> LeaseStore.claimed(row, holder.worker()));
    }

    private @Nullable UUID deployment(Candidate candidate) {
        var deployment = Objects.requireNonNull(offers.get(candidate.lane().lane())).deployment();
        return deployment == null ? null : deployment.value();
    }

    /** Null where no rate limit is in the way. */
    private @Nullable Duration untilRateAllows() {
        return admission.full().stream()
                .map(freeIn::get)
                .filter(Objects::nonNull)
                .min(Duration::compareTo)
                .orElse(null);
    }

    private static Candidate candidate(Row row, Map<Integer, LimitedLane> lanes)
            throws SQLException {
        return new Candidate(
                Objects.requireNonNull(lanes.get(row.number("lane"))),
                new RunId(row.uuid("run_id")),
                row.textOrNull("concurrency_key"));
    }

    private static Map<Integer, LimitedLane> byNumber(List<LimitedLane> lanes) {
        return lanes.stream().collect(Collectors.toMap(LimitedLane::lane, Function.identity()));
    }

    private static int[] numbers(List<LimitedLane> lanes) {
        return lanes.stream().mapToInt(LimitedLane::lane).toArray();
    }
}
