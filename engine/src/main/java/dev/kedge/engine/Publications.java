package dev.kedge.engine;

import dev.kedge.store.Db;
import dev.kedge.store.EventStore;
import dev.kedge.store.GroupCommit;
import java.time.Duration;
import java.util.List;

/** Publishes events from outside of runs. Those that come at the same time share a commit. */
final class Publications implements Service {

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final int BATCH_MAX = 2_000;

    private final Db db;
    private final EventStore events;
    private final Runnable published;
    private final GroupCommit<EventStore.Publication, Boolean> shared;

    /** Calls {@code published} when events were published. */
    Publications(Db db, EventStore events, Runnable published) {
        this.db = db;
        this.events = events;
        this.published = published;
        this.shared = new GroupCommit<>("publish", 1, BATCH_MAX, PATIENCE, this::write);
    }

    void publish(EventStore.Publication publication) {
        shared.write(publication);
    }

    private List<Boolean> write(List<EventStore.Publication> batch) {
        db.autocommit(tx -> {
            events.publish(tx, batch);
            return true;
        });
        published.run();
        return batch.stream().map(_ -> true).toList();
    }

    @Override
    public void start() {
        shared.start();
    }

    @Override
    public void stop(Duration grace) {
        shared.close(grace);
    }
}
