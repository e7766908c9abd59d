package dev.kedge.engine;

import dev.kedge.model.Event;
import dev.kedge.model.EventId;
import dev.kedge.model.Namespace;
import dev.kedge.model.Page;
import dev.kedge.model.Payload;
import dev.kedge.model.Topic;
import dev.kedge.store.EventStore;
import org.jspecify.annotations.Nullable;

/** The events of one namespace: published facts, and who waits for them. For use by any thread. */
public final class Events {

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
}
