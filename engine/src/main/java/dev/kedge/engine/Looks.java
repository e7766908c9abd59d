package dev.kedge.engine;

import dev.kedge.model.Namespace;
import dev.kedge.model.Run;
import dev.kedge.model.RunId;
import dev.kedge.store.Db;
import dev.kedge.store.GroupCommit;
import dev.kedge.store.RunStore;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Reads runs for those who wait for them. Many are told of an end at the same time, because their
 * runs shared a commit: they look at the same time too, and share a round trip again.
 */
final class Looks implements Service {

    private static final int READERS = 2;
    private static final int BATCH_MAX = 500;

    private final Db db;
    private final RunStore runs;
    private final GroupCommit<RunStore.Sought, Optional<Run>> shared =
            new GroupCommit<>("look", READERS, BATCH_MAX, Duration.ZERO, this::read);

    Looks(Db db, RunStore runs) {
        this.db = db;
        this.runs = runs;
    }

    /** The run as it is now, or later; empty where there is none in this namespace. */
    Optional<Run> find(Namespace namespace, RunId run) {
        return shared.write(new RunStore.Sought(namespace, run));
    }

    private List<Optional<Run>> read(List<RunStore.Sought> sought) {
        var found = db.autocommit(tx -> runs.find(tx, sought));
        return sought.stream().map(one -> Optional.ofNullable(found.get(one))).toList();
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
