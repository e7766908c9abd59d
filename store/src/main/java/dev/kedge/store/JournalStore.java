package dev.kedge.store;

import dev.kedge.model.Entry;
import dev.kedge.model.EntryKind;
import dev.kedge.model.EventId;
import dev.kedge.model.Failure;
import dev.kedge.model.Lease;
import dev.kedge.model.Namespace;
import dev.kedge.model.OpenWait;
import dev.kedge.model.Page;
import dev.kedge.model.Path;
import dev.kedge.model.Payload;
import dev.kedge.model.RunId;
import dev.kedge.model.Topic;
import dev.kedge.model.Wait;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What runs have done, what they wait for, and what they remember. Every write is fenced. */
public final class JournalStore {

    /** Names an operation across runs. */
    public record Place(RunId run, Path path) {}

    /** A step that is over: with an output or a failure. */
    public record Step(
            Lease lease,
            Path path,
            int position,
            int seen,
            int tries,
            Duration took,
            @Nullable Payload output,
            @Nullable Failure failure) {}

    /**
     * A wait that begins.
     *
     * @param child the id for the run that is to be waited for, where it is one
     */
    public record Opening(Lease lease, Path path, int seen, Wait what, @Nullable RunId child) {}

    /** A wait that may be over, and the position its record is to have. */
    public record Resolution(Lease lease, Path path, int position) {}

    /** What became of the attempt to resolve a wait. */
    public sealed interface Resolved {
        record Recorded(Entry entry) implements Resolved {}

        record NotYet() implements Resolved {}

        /** The lease is somebody else's. */
        record Lost() implements Resolved {}
    }

    public record Emission(
            Lease lease,
            Path path,
            int position,
            int seen,
            EventId event,
            Topic topic,
            Payload payload) {}

    /** A value to be set, or deleted where there is none. */
    public record StateWrite(Lease lease, String key, @Nullable Payload value) {}

    /** How much there is to replay, and what the run waits for. */
    public record Extent(int entries, int lastPosition, List<OpenWait> waits) {
        static final Extent NONE = new Extent(0, 0, List.of());
    }

    /** An operation as people read it: over, or still waiting. */
    public record Listed(List<Entry> entries, List<OpenWait> waits) {}

    /** A value of a run's state, and when it was last set. */
    public record StateValue(Payload value, Instant updatedAt) {}

    private static final int NONE = -1;

    /** Positions up to this one are read without an index of their own. */
    private static final int NEAR = 1_000;

    private static final int PAGE_BYTES_MAX = 4 << 20;

    private static final Sql JOURNAL_OPEN = Sql.load("journal_open");
    private static final Sql PAGE = Sql.load("journal_page");
    private static final Sql PAGE_FAR = Sql.load("journal_page_far");
    private static final Sql LIST = Sql.load("step_list");
    private static final Sql WAITS = Sql.load("wait_list");
    private static final Sql WAITS_OF_MANY = Sql.load("wait_list_many");
    private static final Sql RECORD = Sql.load("step_record");
    private static final Sql REOPEN = Sql.load("step_reopen");
    private static final Sql OPEN = Sql.load("wait_open");
    private static final Sql RESOLVE = Sql.load("wait_resolve");
    private static final Sql EMIT = Sql.load("event_emit");
    private static final Sql STATE = Sql.load("state_read");
    private static final Sql WRITE_STATE = Sql.load("state_write");
    private static final Sql INHERIT = Sql.load("journal_inherit");

    /** How much there is to replay of each of {@code runs}. */
    public Map<RunId, Extent> extents(Tx tx, List<RunId> runs) {
        var ids = new Columns<>(runs).uuids(RunId::value);
        var waits = new HashMap<RunId, List<OpenWait>>();
        tx.query(
                        WAITS_OF_MANY.with("run_ids", ids),
                        row -> Map.entry(new RunId(row.uuid("run_id")), wait(row)))
                .forEach(found ->
                        waits.computeIfAbsent(found.getKey(), _ -> new ArrayList<>())
                                .add(found.getValue()));
        var extents = new HashMap<RunId, Extent>();
        runs.forEach(run -> extents.put(run, Extent.NONE));
        tx.query(JOURNAL_OPEN.with("run_ids", ids), JournalStore::measured)
                .forEach(found ->
                        extents.put(
                                found.run(),
                                new Extent(
                                        found.entries(),
                                        found.lastPosition(),
                                        waits.getOrDefault(found.run(), List.of()))));
        return extents;
    }

    private record Measured(RunId run, int entries, int lastPosition) {}

    private static Measured measured(Row row) throws SQLException {
        return new Measured(
                new RunId(row.uuid("run_id")), row.number("entries"), row.number("last_position"));
    }

    /** What a run waits for, at most {@code limit}. */
    public List<OpenWait> waits(Tx tx, Namespace namespace, RunId run, int limit) {
        return tx.query(
                WAITS.with("run", run.value())
                        .with("namespace", namespace.value())
                        .with("limit", limit),
                JournalStore::wait);
    }

    /** Records after {@code position}, in order; at most {@code limit}, and not too many bytes. */
    public List<Entry> page(Tx tx, RunId run, int position, int limit) {
        var sql = position < NEAR ? PAGE : PAGE_FAR;
        return tx.query(
                sql.with("run", run.value())
                        .with("position", position)
                        .with("limit", position < NEAR ? Math.min(limit, NEAR - position) : limit)
                        .with("bytes", PAGE_BYTES_MAX),
                JournalStore::entry);
    }

    /**
     * Records in the order in which they were made, after {@code after}; at most {@code limit}, and
     * not too many bytes.
     */
    public Page<Entry, Entry.Place> list(
            Tx tx, Namespace namespace, RunId run, Entry.@Nullable Place after, int limit) {
        var found =
                tx.query(
                        LIST.with("run", run.value())
                                .with("namespace", namespace.value())
                                .with("after", after == null ? null : after.endedAt())
                                .with("after_path", after == null ? null : after.path().value())
                                .with("limit", limit)
                                .with("bytes", PAGE_BYTES_MAX),
                        row -> new Found<>(entry(row), row.number("found")));
        return Found.page(found, Entry::place);
    }

    /** Records steps; returns those that are on record now. */
    public Set<Place> record(Tx tx, List<Step> steps) {
        return new HashSet<>(tx.query(recording(RECORD, steps), JournalStore::place));
    }

    /** Takes the position from failed operations; false where the lease is lost. */
    public boolean reopen(Tx tx, Lease lease, List<Path> failed) {
        return !tx.query(
                        REOPEN.with("run", lease.run().value())
                                .with("epoch", lease.epoch())
                                .with("paths", new Columns<>(failed).texts(Path::value)),
                        row -> row.uuid("run_id"))
                .isEmpty();
    }

    /** Begins to wait; returns how each wait stands whose lease holds. */
    public Map<Place, OpenWait> open(Tx tx, List<Opening> openings) {
        var open = new HashMap<Place, OpenWait>();
        tx.query(opening(OPEN, openings), row -> Map.entry(place(row), wait(row)))
                .forEach(found -> open.put(found.getKey(), found.getValue()));
        return open;
    }

    /** Records waits that are over; those whose lease is lost are missing. */
    public Map<Place, Resolved> resolve(Tx tx, List<Resolution> resolutions) {
        var answers = new HashMap<Place, Resolved>();
        tx.query(
                        resolving(RESOLVE, resolutions),
                        row ->
                                Map.entry(
                                        place(row),
                                        row.textOrNull("kind") == null
                                                ? new Resolved.NotYet()
                                                : new Resolved.Recorded(entry(row))))
                .forEach(found -> answers.put(found.getKey(), found.getValue()));
        return answers;
    }

    /** Publishes events and records that; returns those that are on record now. */
    public Set<Place> emit(Tx tx, List<Emission> emissions) {
        return new HashSet<>(tx.query(emitting(EMIT, emissions), JournalStore::place));
    }

    /** A run's state, all of it, by key. */
    public Map<String, StateValue> state(Tx tx, RunId run) {
        var state = new LinkedHashMap<String, StateValue>();
        tx.query(
                        STATE.with("run", run.value()),
                        row ->
                                Map.entry(
                                        row.text("key"),
                                        new StateValue(
                                                row.payload("value"), row.time("updated_at"))))
                .forEach(found -> state.put(found.getKey(), found.getValue()));
        return state;
    }

    /** Writes values; returns the runs whose lease holds. */
    public Set<RunId> writeState(Tx tx, List<StateWrite> writes) {
        return new HashSet<>(
                tx.query(setting(WRITE_STATE, writes), row -> new RunId(row.uuid("run_id"))));
    }

    // The statements and their values stand apart, so that tests can take a fence out of one.
    static Sql.Bound recording(Sql sql, List<Step> steps) {
        var rows = new Columns<>(steps);
        return sql.with("run_ids", rows.uuids(s -> s.lease().run().value()))
                .with("epochs", rows.larges(s -> s.lease().epoch()))
                .with("paths", rows.texts(s -> s.path().value()))
                .with("positions", rows.numbers(Step::position))
                .with("seens", rows.numbers(Step::seen))
                .with("tries", rows.numbers(Step::tries))
                .with("took_ms", rows.larges(s -> s.took().toMillis()))
                .with("outputs", rows.bytes(s -> bytes(s.output())))
                .with("failure_codes", rows.texts(s -> Failures.code(s.failure())))
                .with("failure_types", rows.texts(s -> Failures.type(s.failure())))
                .with("failure_messages", rows.texts(s -> Failures.message(s.failure())))
                .with("failure_stacks", rows.texts(s -> Failures.stack(s.failure())));
    }

    static Sql.Bound opening(Sql sql, List<Opening> openings) {
        var rows = new Columns<>(openings);
        return sql.with("run_ids", rows.uuids(o -> o.lease().run().value()))
                .with("epochs", rows.larges(o -> o.lease().epoch()))
                .with("paths", rows.texts(o -> o.path().value()))
                .with("kinds", rows.texts(o -> o.what().kind().word()))
                .with("seens", rows.numbers(Opening::seen))
                .with("for_ms", rows.larges(o -> forMillis(o.what())))
                .with("until_ms", rows.larges(o -> untilMillis(o.what())))
                .with("topics", rows.texts(o -> topic(o.what())))
                .with("matches", rows.bytes(o -> match(o.what())))
                .with("children", rows.uuids(o -> o.child() == null ? null : o.child().value()));
    }

    static Sql.Bound resolving(Sql sql, List<Resolution> resolutions) {
        var rows = new Columns<>(resolutions);
        return sql.with("run_ids", rows.uuids(r -> r.lease().run().value()))
                .with("epochs", rows.larges(r -> r.lease().epoch()))
                .with("paths", rows.texts(r -> r.path().value()))
                .with("positions", rows.numbers(Resolution::position));
    }

    static Sql.Bound emitting(Sql sql, List<Emission> emissions) {
        var rows = new Columns<>(emissions);
        return sql.with("run_ids", rows.uuids(e -> e.lease().run().value()))
                .with("epochs", rows.larges(e -> e.lease().epoch()))
                .with("paths", rows.texts(e -> e.path().value()))
                .with("positions", rows.numbers(Emission::position))
                .with("seens", rows.numbers(Emission::seen))
                .with("events", rows.uuids(e -> e.event().value()))
                .with("topics", rows.texts(e -> e.topic().value()))
                .with("payloads", rows.bytes(e -> e.payload().bytes()));
    }

    static Sql.Bound setting(Sql sql, List<StateWrite> writes) {
        var rows = new Columns<>(writes);
        return sql.with("run_ids", rows.uuids(w -> w.lease().run().value()))
                .with("epochs", rows.larges(w -> w.lease().epoch()))
                .with("keys", rows.texts(StateWrite::key))
                .with("values", rows.bytes(w -> bytes(w.value())));
    }

    /** Gives a new run the history and the state of the one that it repeats. */
    public void inherit(Tx tx, RunId origin, RunId heir) {
        tx.query(
                INHERIT.with("origin", origin.value()).with("heir", heir.value()),
                row -> row.number("inherited"));
    }

    private static Place place(Row row) throws SQLException {
        return new Place(new RunId(row.uuid("run_id")), new Path(row.text("path")));
    }

    private static Entry entry(Row row) throws SQLException {
        return new Entry(
                new Path(row.text("path")),
                EntryKind.of(row.text("kind")),
                row.numberOrNull("position"),
                row.number("seen"),
                row.number("attempt"),
                row.number("tries"),
                row.payloadOrNull("output"),
                RunRows.failure(row),
                row.time("started_at"),
                row.time("ended_at"));
    }

    private static OpenWait wait(Row row) throws SQLException {
        var topic = row.textOrNull("topic");
        var child = row.uuidOrNull("child");
        return new OpenWait(
                new Path(row.text("path")),
                EntryKind.of(row.text("kind")),
                row.number("seen"),
                row.flag("ready"),
                row.timeOrNull("wake_at"),
                topic == null ? null : new Topic(topic),
                child == null ? null : new RunId(child));
    }

    private static byte @Nullable [] bytes(@Nullable Payload payload) {
        return payload == null ? null : payload.bytes();
    }

    private static long forMillis(Wait wait) {
        return switch (wait) {
            case Wait.For(var duration) -> duration.toMillis();
            case Wait.ForEvent(_, _, var timeout) -> timeout == null ? NONE : timeout.toMillis();
            case Wait.Until _, Wait.ForChild _ -> NONE;
        };
    }

    private static long untilMillis(Wait wait) {
        return wait instanceof Wait.Until(var time) ? time.toEpochMilli() : NONE;
    }

    private static @Nullable String topic(Wait wait) {
        return wait instanceof Wait.ForEvent(var topic, _, _) ? topic.value() : null;
    }

    private static byte @Nullable [] match(Wait wait) {
        return wait instanceof Wait.ForEvent(_, var match, _) ? bytes(match) : null;
    }
}
