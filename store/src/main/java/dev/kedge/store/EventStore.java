package dev.kedge.store;

import dev.kedge.model.Event;
import dev.kedge.model.EventId;
import dev.kedge.model.Identity;
import dev.kedge.model.JobName;
import dev.kedge.model.Namespace;
import dev.kedge.model.Page;
import dev.kedge.model.Payload;
import dev.kedge.model.RunId;
import dev.kedge.model.Topic;
import dev.kedge.model.TriggerId;
import java.sql.SQLException;
import java.util.List;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Published facts, and the runs that triggers start for them. */
public final class EventStore {

    /**
     * An event that is published from outside.
     *
     * @param publisher null for the operator
     * @param ownOnly whether it reaches no runs but the publisher's
     */
    public record Publication(
            EventId id,
            Namespace namespace,
            Topic topic,
            Payload payload,
            @Nullable Identity publisher,
            boolean ownOnly) {

        private Party party() {
            return Party.of(namespace, publisher);
        }
    }

    /** What an event calls for by a trigger. */
    public record Call(
            EventId event, TriggerId trigger, Namespace namespace, JobName job, Payload payload) {}

    /** A call, and the run that answers it. */
    public record Answer(EventId event, TriggerId trigger, RunId run) {}

    /** Which events a reader wants to see; null for any. */
    public record Filter(
            @Nullable Topic topic,
            @Nullable Boolean consumed,
            @Nullable EventId before,
            int limit) {}

    private static final int PAGE_BYTES_MAX = 4 << 20;

    private static final Sql PUBLISH = Sql.load("event_publish");
    private static final Sql WAITERS = Sql.load("event_waiters");
    private static final Sql DELIVER = Sql.load("event_deliver");
    private static final Sql CALLS = Sql.load("event_triggers");
    private static final Sql CONSUME = Sql.load("event_consume");
    private static final Sql ORPHANS = Sql.load("event_orphans");
    private static final Sql FORGET = Sql.load("event_forget");
    private static final Sql LIST = Sql.load("event_list");

    /** Publishes events. One that is there already, by id, is left alone. */
    public void publish(Tx tx, List<Publication> publications) {
        var rows = new Columns<>(publications);
        var ownOnly = new boolean[publications.size()];
        for (var i = 0; i < ownOnly.length; i++) {
            ownOnly[i] = publications.get(i).ownOnly();
        }
        var parties = publications.stream().map(Publication::party).collect(Collectors.toSet());
        tx.writingFor(parties)
                .update(
                        PUBLISH.with("events", rows.uuids(p -> p.id().value()))
                                .with("namespaces", rows.texts(p -> p.namespace().value()))
                                .with("topics", rows.texts(p -> p.topic().value()))
                                .with("payloads", rows.bytes(p -> p.payload().bytes()))
                                .with("publishers", rows.texts(p -> p.party().submitter()))
                                .with("own_only", ownOnly));
    }

    /** Newest first, with the runs that each one started; not too many bytes. */
    public Page<Event, EventId> list(Tx tx, Namespace namespace, Filter filter) {
        var found =
                tx.query(
                        LIST.with("namespace", namespace.value())
                                .with(
                                        "topic",
                                        filter.topic() == null ? null : filter.topic().value())
                                .with("consumed", filter.consumed())
                                .with(
                                        "before",
                                        filter.before() == null ? null : filter.before().value())
                                .with("limit", filter.limit())
                                .with("bytes", PAGE_BYTES_MAX),
                        row -> new Found<>(event(row), row.number("found")));
        return Found.page(found, Event::id);
    }

    /** The runs that wait for one of these events. */
    public List<RunId> waiters(Tx tx, List<EventId> events, int limit) {
        return tx.query(
                WAITERS.with("events", ids(events)).with("limit", limit),
                row -> new RunId(row.uuid("run_id")));
    }

    /** Gives events to waiting runs, which the caller has locked; returns those that got one. */
    public List<RunId> deliver(Tx tx, List<EventId> events, List<RunId> held) {
        return tx.query(
                DELIVER.with("events", ids(events))
                        .with("run_ids", new Columns<>(held).uuids(RunId::value)),
                row -> new RunId(row.uuid("run_id")));
    }

    /** What these events call for and nobody has answered. */
    public List<Call> calls(Tx tx, List<EventId> events, int limit) {
        return tx.query(
                CALLS.with("events", ids(events)).with("limit", limit),
                row ->
                        new Call(
                                new EventId(row.uuid("event_id")),
                                new TriggerId(row.uuid("trigger_id")),
                                new Namespace(row.text("namespace")),
                                new JobName(row.text("job")),
                                row.payload("payload")));
    }

    /** Notes answers; returns the runs whose call nobody else has answered. */
    public List<RunId> answer(Tx tx, List<Answer> answers) {
        var rows = new Columns<>(answers);
        return tx.query(
                CONSUME.with("events", rows.uuids(a -> a.event().value()))
                        .with("triggers", rows.uuids(a -> a.trigger().value()))
                        .with("run_ids", rows.uuids(a -> a.run().value())),
                row -> new RunId(row.uuid("run_id")));
    }

    /** Puts up to {@code limit} events back that a younger trigger calls for; returns how many. */
    public int reroute(Tx tx, int limit) {
        return tx.update(ORPHANS.with("limit", limit));
    }

    /** Forgets events older than {@code days}; returns how many. */
    public int forget(Tx tx, int days, int limit) {
        return tx.update(FORGET.with("days", days).with("limit", limit));
    }

    private static UUID[] ids(List<EventId> events) {
        return new Columns<>(events).uuids(EventId::value);
    }

    private static Event event(Row row) throws SQLException {
        var emitter = row.uuidOrNull("emitted_by");
        return new Event(
                new EventId(row.uuid("event_id")),
                new Topic(row.text("topic")),
                row.payload("payload"),
                emitter == null ? null : new RunId(emitter),
                row.time("created_at"),
                row.timeOrNull("consumed_at"),
                row.uuids("started").stream().map(RunId::new).toList());
    }
}
