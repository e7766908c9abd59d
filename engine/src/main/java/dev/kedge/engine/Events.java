package dev.kedge.engine;

import dev.kedge.model.Event;
import dev.kedge.model.EventId;
import dev.kedge.model.EventTrigger;
import dev.kedge.model.JobName;
import dev.kedge.model.KedgeException;
import dev.kedge.model.Namespace;
import dev.kedge.model.Page;
import dev.kedge.model.Payload;
import dev.kedge.model.Topic;
import dev.kedge.model.TriggerId;
import dev.kedge.model.Wait;
import dev.kedge.store.EventStore;
import dev.kedge.store.Tx;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The events of one namespace: published facts, who waits for them, and the triggers that start
 * runs for them. For use by any thread.
 */
public final class Events {

    /** How many triggers one job may have. */
    public static final int TRIGGERS_MAX = 100;

    private final Namespace namespace;
    private final Parts parts;

    Events(Namespace namespace, Parts parts) {
        this.namespace = namespace;
        this.parts = parts;
    }

    /**
     * Publishes an event. It reaches every run that waits for it by then, and starts one run for
     * each trigger on its topic. Of a caller who does not see the runs of others, it reaches no
     * runs of others.
     */
    public EventId publish(Topic topic, Payload payload) {
        parts.checkMaySubmit(namespace);
        var id = new EventId(parts.uuids().get());
        var author = parts.author();
        var caller = parts.caller();
        var ownOnly = caller != null && !caller.seesAllOf(namespace);
        parts.publications()
                .publish(
                        new EventStore.Publication(
                                id, namespace, topic, payload, author.submitter(), ownOnly));
        return id;
    }

    /**
     * Newest first; fewer than {@code limit} where they are large.
     *
     * @param topic null for any
     * @param consumed whether it reached somebody; null for either
     */
    public Page<Event, EventId> list(
            @Nullable Topic topic,
            @Nullable Boolean consumed,
            @Nullable EventId before,
            int limit) {
        var filter = new EventStore.Filter(topic, consumed, before, limit);
        return parts.seen().autocommit(tx -> parts.events().list(tx, namespace, filter));
    }

    /**
     * Starts a run of {@code job} for each event of {@code topic}: those to come, and those of the
     * last days that nobody took.
     *
     * @param match what an event's payload must contain; null for any payload
     * @throws KedgeException.Invalid it is more than PostgreSQL can match against, or the job has
     *     too many triggers
     * @throws KedgeException.NotFound there is no such job
     */
    public EventTrigger addTrigger(JobName job, Topic topic, @Nullable Payload match) {
        if (match != null) {
            match.atMost(Wait.MATCH_BYTES_MAX, "match");
        }
        parts.checkMayAdminister(namespace);
        parts.submissions().accepting(namespace, job);
        if (triggers(job).size() >= TRIGGERS_MAX) {
            throw new KedgeException.Invalid(
                    "triggers", "a job has at most %d of them".formatted(TRIGGERS_MAX));
        }
        var id = new TriggerId(parts.uuids().get());
        return parts.seen()
                .transaction(tx -> {
                    var made = parts.events().addTrigger(tx, namespace, id, job, topic, match);
                    if (match != null && made.match() == null) {
                        // Kept, it would stand for any payload.
                        throw new KedgeException.Invalid(
                                "match", "contains a number that PostgreSQL cannot hold");
                    }
                    writeDown(tx, "trigger.create", job, id);
                    return made;
                });
    }

    /** The event triggers of a job, oldest first. */
    public List<EventTrigger> triggers(JobName job) {
        return parts.seen()
                .autocommit(tx -> parts.events().triggers(tx, namespace, job, TRIGGERS_MAX));
    }

    /**
     * @throws KedgeException.NotFound the job has no such trigger
     */
    public EventTrigger enableTrigger(JobName job, TriggerId id, boolean enabled) {
        checkMayAdminister(job, id);
        return parts.seen()
                .transaction(tx -> {
                    var trigger = parts.events().enableTrigger(tx, namespace, job, id, enabled);
                    if (trigger == null) {
                        throw new KedgeException.NotFound("trigger", id.toString());
                    }
                    writeDown(tx, enabled ? "trigger.enable" : "trigger.disable", job, id);
                    return trigger;
                });
    }

    /**
     * @throws KedgeException.NotFound the job has no such trigger
     */
    public void removeTrigger(JobName job, TriggerId id) {
        checkMayAdminister(job, id);
        parts.seen()
                .inTransaction(tx -> {
                    if (!parts.events().removeTrigger(tx, namespace, job, id)) {
                        throw new KedgeException.NotFound("trigger", id.toString());
                    }
                    writeDown(tx, "trigger.remove", job, id);
                });
    }

    private void writeDown(Tx tx, String act, JobName job, TriggerId id) {
        parts.writeDown(tx, namespace, act, id.toString(), Map.of("job", job.value()));
    }

    /** What is not there for the caller is not forbidden either. */
    private void checkMayAdminister(JobName job, TriggerId id) {
        if (triggers(job).stream().noneMatch(trigger -> trigger.id().equals(id))) {
            throw new KedgeException.NotFound("trigger", id.toString());
        }
        parts.checkMayAdminister(namespace);
    }
}
