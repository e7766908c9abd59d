package dev.kedge.embedded;

import java.io.IOException;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;

/** Keeps one server running on the data: when it dies, another takes over at the same port. */
final class Guard {

    private static final System.Logger LOG = System.getLogger(Guard.class.getName());

    private static final Duration PAUSE_FIRST = Duration.ofMillis(100);
    private static final Duration PAUSE_MAX = Duration.ofSeconds(5);
    private static final int LAUNCHES_MAX = 100;
    private static final Duration WATCH_END_MAX = Duration.ofSeconds(20);

    private final Launch launch;
    private final Thread watch;
    // The one launched last. After the start the watch alone writes it.
    private final AtomicReference<Postmaster> postmaster = new AtomicReference<>();

    Guard(Launch launch) {
        this.launch = launch;
        watch = Thread.ofVirtual().name("kedge-postgres-guard").unstarted(this::watch);
    }

    /** Launches a server, and watches over it once it answers. */
    void start() throws IOException, InterruptedException {
        launch.untilItAnswers(postmaster::set);
        watch.start();
    }

    long pid() {
        return postmaster.get().pid();
    }

    private void watch() {
        try {
            do {
                postmaster.get().awaitEnd();
                LOG.log(Level.WARNING, "PostgreSQL (process {0}) died", Long.toString(pid()));
            } while (restarted());
            LOG.log(Level.ERROR, "PostgreSQL is down; end what hinders it and start anew");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // We are being stopped.
        }
    }

    private boolean restarted() throws InterruptedException {
        var pause = PAUSE_FIRST;
        for (var launches = 1; launches <= LAUNCHES_MAX; launches++) {
            try {
                launch.untilItAnswers(postmaster::set);
                LOG.log(Level.INFO, "PostgreSQL runs again, as process {0}", Long.toString(pid()));
                return true;
            } catch (IOException | EmbeddedException e) {
                LOG.log(Level.WARNING, e.getMessage());
            }
            Thread.sleep(pause);
            pause =
                    pause.multipliedBy(2).compareTo(PAUSE_MAX) < 0
                            ? pause.multipliedBy(2)
                            : PAUSE_MAX;
        }
        return false;
    }

    /** Ends the watch, then the server, then whatever that may have left. Bounded. */
    void stop(Durability durability) throws IOException {
        watch.interrupt();
        // Whoever is interrupted while closing still wants it closed.
        var interrupted = Thread.interrupted();
        try {
            if (!watch.join(WATCH_END_MAX)) {
                LOG.log(Level.WARNING, "the guard of PostgreSQL does not end; going on without it");
            }
            postmaster.get().stop(durability);
            launch.leftovers().end();
        } catch (InterruptedException e) {
            interrupted = true;
            postmaster.get().stop(durability);
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
