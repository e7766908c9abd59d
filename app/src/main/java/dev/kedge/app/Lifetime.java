package dev.kedge.app;

import dev.kedge.cli.ExitCode;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import org.jspecify.annotations.Nullable;

/**
 * Ends what is held when the process is told to stop (SIGTERM, SIGINT), and sees to it that the
 * process then exits with a code of our choice: having drained on request is no failure.
 */
final class Lifetime {

    private static final Logger LOG = System.getLogger(Lifetime.class.getName());

    private @Nullable AutoCloseable held;
    private boolean over;
    private int exitCode = ExitCode.DONE;

    void begin() {
        Runtime.getRuntime().addShutdownHook(new Thread(this::stopped, "kedge-stop"));
    }

    /** Takes care of {@code part} from now on; at once, if the end has come meanwhile. */
    synchronized void hold(AutoCloseable part) {
        if (over) {
            close(part);
        } else {
            held = part;
        }
    }

    /** What the process exits with if it is stopped from now on. */
    synchronized void endsWith(int code) {
        exitCode = code;
    }

    /** Ends what is held, and lets the process go on. */
    synchronized void release() {
        over = true;
        if (held != null) {
            close(held);
            held = null;
        }
    }

    private synchronized void stopped() {
        over = true;
        if (held != null) {
            LOG.log(Level.INFO, "stopping; attempts under way have 30 s to end");
            close(held);
            // A process that a signal ended reports the signal, unless it says otherwise itself.
            Runtime.getRuntime().halt(exitCode);
        }
    }

    private static void close(AutoCloseable part) {
        try {
            part.close();
        } catch (Exception e) { // The process ends either way.
            LOG.log(Level.WARNING, "could not stop everything", e);
        }
    }
}
