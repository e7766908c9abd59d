package dev.kedge.embedded;

import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.function.Consumer;

/** Brings a server up on the data, in the place of whatever ran there before. */
record Launch(Cluster cluster, Database database, EmbeddedConfig config) {

    private static final Duration ANSWER_MAX = Duration.ofSeconds(30);
    private static final Duration RECOVERY_MAX = Duration.ofMinutes(10);
    private static final Duration POLL = Duration.ofMillis(10);
    private static final Duration PAUSE_FIRST = Duration.ofMillis(20);
    private static final int TRIES_MAX = 8;
    private static final String STARTING_UP = "57P03";
    private static final String WRONG_PASSWORD = "28P01";

    /**
     * Returns when there is a server that answers queries and, if it is to be durable, is. Each one
     * launched goes to {@code launched} before it can answer.
     */
    void untilItAnswers(Consumer<Postmaster> launched) throws IOException, InterruptedException {
        leftovers().end();
        if (!Ports.isFree(database.port())) {
            throw new EmbeddedException(
                    "port %d is taken by another program; choose another, or 0 for any free one"
                            .formatted(database.port()));
        }
        var pause = PAUSE_FIRST;
        for (var tries = 1; ; tries++) {
            var postmaster = cluster.launch(database.port(), config);
            launched.accept(postmaster);
            if (answers(postmaster)) {
                return;
            }
            var said = postmaster.said();
            if (tries == TRIES_MAX || !Faults.mayPass(said)) {
                throw Faults.said("PostgreSQL", said);
            }
            Thread.sleep(pause);
            pause = pause.multipliedBy(2);
        }
    }

    Leftovers leftovers() {
        return new Leftovers(cluster.folder().pgdata());
    }

    /** Says false if the server ended instead. One that is of no use is stopped. */
    private boolean answers(Postmaster postmaster) throws IOException, InterruptedException {
        var useful = false;
        try {
            while (postmaster.isAlive()) {
                try (var connection = database.open()) {
                    check(connection);
                    useful = true;
                    return true;
                } catch (SQLException e) {
                    awaitNext(postmaster, e);
                }
            }
            return false;
        } finally {
            if (!useful) {
                postmaster.stop(config.durability());
            }
        }
    }

    private void check(Connection connection) throws SQLException {
        switch (config.durability()) {
            case DURABLE -> Durable.check(connection);
            case THROW_AWAY -> {}
        }
    }

    private void awaitNext(Postmaster postmaster, SQLException refusal)
            throws InterruptedException {
        if (WRONG_PASSWORD.equals(refusal.getSQLState())) {
            throw new EmbeddedException(
                    "PostgreSQL in %s does not take the password kept beside it; restore that"
                            .formatted(cluster.folder().path()),
                    refusal);
        }
        var max = STARTING_UP.equals(refusal.getSQLState()) ? RECOVERY_MAX : ANSWER_MAX;
        if (postmaster.age().compareTo(max) > 0) {
            throw new EmbeddedException(
                    "PostgreSQL in %s does not answer (%s); look into its log"
                            .formatted(cluster.folder().path(), refusal.getMessage()),
                    refusal);
        }
        Thread.sleep(POLL);
    }
}
