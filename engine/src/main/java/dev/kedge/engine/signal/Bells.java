package dev.kedge.engine.signal;

import dev.kedge.engine.Service;
import dev.kedge.store.Db;
import dev.kedge.store.Doorbell;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Hints to and from other engines on the database. At most one round of hints leaves every twenty
 * milliseconds, outside the transactions that caused them: a NOTIFY takes a lock that all commits
 * of the server share.
 */
public final class Bells implements Service {

    /** Runs of a lane are waiting; followed by the lane's number. */
    public static final String LANE = "lane ";

    /** Somebody asked for a running run to stop, or ended it. */
    public static final String ORDERS = "orders";

    /** A definition changed. */
    public static final String CATALOG = "catalog";

    private static final System.Logger LOG = System.getLogger(Bells.class.getName());
    private static final Duration BETWEEN_ROUNDS = Duration.ofMillis(20);
    private static final Duration IDLE = Duration.ofMinutes(1);
    private static final Duration SILENCE_MAX = Duration.ofSeconds(15);
    private static final Duration PROBE_ANSWER = Duration.ofSeconds(5);
    private static final int MESSAGES_MAX = 500;
    private static final String PROBE = "probe";

    private final Db db;
    private final Doorbell doorbell = new Doorbell();
    private final Consumer<String> hear;
    private final Set<String> outgoing = ConcurrentHashMap.newKeySet();
    private final Loop ringing = new Loop("bells-out", this::ring);
    private final Thread listening =
            Thread.ofPlatform().name("kedge-bells-in").daemon().unstarted(this::listen);
    private volatile Doorbell.@Nullable Ear open;
    private volatile boolean stopping;

    /** Calls {@code hear} with every hint, those of this engine too. */
    public Bells(Db db, Consumer<String> hear) {
        this.db = db;
        this.hear = hear;
    }

    /** Sends a hint soon. */
    public void ring(String message) {
        if (outgoing.size() < MESSAGES_MAX && outgoing.add(message)) {
            ringing.wake();
        }
    }

    private Duration ring() throws InterruptedException {
        var round = Set.copyOf(outgoing);
        if (round.isEmpty()) {
            return IDLE;
        }
        outgoing.removeAll(round);
        db.autocommit(tx -> {
            doorbell.ring(tx, round);
            return true;
        });
        Thread.sleep(BETWEEN_ROUNDS);
        return Duration.ZERO;
    }

    private void listen() {
        while (!stopping) {
            try (var ear = Doorbell.Ear.open(db)) {
                open = ear;
                while (!stopping && isAlive(ear)) {
                    LOG.log(Level.DEBUG, "the doorbell works");
                }
            } catch (RuntimeException broken) {
                LOG.log(Level.DEBUG, "the doorbell is broken; polling goes on", broken);
            }
            rest();
        }
    }

    /** Hears hints for a while; where none comes, sends one to itself and waits for it. */
    private boolean isAlive(Doorbell.Ear ear) {
        if (hearAll(ear, SILENCE_MAX)) {
            return true;
        }
        ring(PROBE);
        return hearAll(ear, PROBE_ANSWER);
    }

    private boolean hearAll(Doorbell.Ear ear, Duration atMost) {
        var messages = ear.listen(atMost);
        messages.forEach(hear);
        return !messages.isEmpty();
    }

    private void rest() {
        try {
            if (!stopping) {
                Thread.sleep(Duration.ofSeconds(1));
            }
        } catch (InterruptedException stop) {
            stopping = true;
        }
    }

    @Override
    public void start() {
        ringing.start();
        listening.start();
    }

    @Override
    public void stop(Duration grace) {
        stopping = true;
        listening.interrupt();
        var ear = open;
        if (ear != null) {
            ear.hangUp();
        }
        ringing.stop(grace);
    }
}
