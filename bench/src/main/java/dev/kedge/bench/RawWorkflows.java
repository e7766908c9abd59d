package dev.kedge.bench;

import dev.kedge.bench.RawStatements.Leased;
import dev.kedge.bench.RawStatements.Step;
import java.lang.System.Logger.Level;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;

/**
 * The limit of three-step runs: submit, lease, record three steps, end. Each is awaited, and shares
 * its commit with whatever other callers want written just then.
 */
final class RawWorkflows implements Workflows {

    private static final System.Logger LOG = System.getLogger(RawWorkflows.class.getName());
    private static final int WRITERS = 2;
    private static final int CLAIM_MAX = 1_000;

    private final Stage stage;
    private final Ledger ledger;
    private final List<RawConnection> connections = new ArrayList<>();
    private final SharedCommits<Integer> submissions;
    private final SharedCommits<Step> steps;
    private final SharedCommits<Leased> ends;
    private final Semaphore due = new Semaphore(0);
    private final Thread claiming;
    private final ConcurrentMap<Integer, CompletableFuture<Boolean>> waiting =
            new ConcurrentHashMap<>();

    RawWorkflows(Stage stage, Ledger ledger) throws SQLException {
        this.stage = stage;
        this.ledger = ledger;
        submissions = shared(RawStatements::insert, due::release);
        steps = shared(RawStatements::record, () -> {});
        ends = shared(RawStatements::settle, () -> {});
        var leases = open();
        claiming =
                Thread.ofPlatform()
                        .name("raw-claims")
                        .daemon()
                        .unstarted(() -> claim(leases.statements()));
        claiming.start();
        submissions.start();
        steps.start();
        ends.start();
    }

    private <T> SharedCommits<T> shared(SharedCommits.Batch<T> batch, Runnable written)
            throws SQLException {
        var writers = new ArrayList<RawConnection>();
        for (var i = 0; i < WRITERS; i++) {
            writers.add(open());
        }
        return new SharedCommits<>(writers, batch, written);
    }

    private RawConnection open() throws SQLException {
        var connection = RawConnection.open(stage);
        connections.add(connection);
        return connection;
    }

    @Override
    public void carryOut(int number) throws InterruptedException {
        var ended = new CompletableFuture<Boolean>();
        waiting.put(number, ended);
        submissions.write(number);
        try {
            ended.get();
        } catch (ExecutionException failed) {
            throw new IllegalStateException("a run failed", failed.getCause());
        }
    }

    private void claim(RawStatements statements) {
        try {
            while (true) {
                due.acquire();
                due.drainPermits();
                for (var run : statements.claim(CLAIM_MAX)) {
                    Thread.startVirtualThread(() -> carryOut(run));
                }
            }
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        } catch (SQLException failed) {
            LOG.log(Level.ERROR, "nothing is leased any more", failed);
        }
    }

    private void carryOut(Leased run) {
        var number = ledger.started(run.payload().bytes());
        var caller = waiting.remove(number);
        if (caller == null) {
            throw new IllegalStateException("nobody waits for run " + number);
        }
        try {
            for (var i = 0; i < STEPS.size(); i++) {
                steps.write(new Step(run, STEPS.get(i), i + 1));
            }
            ends.write(run);
            caller.complete(true);
        } catch (InterruptedException | RuntimeException failed) {
            caller.completeExceptionally(failed);
        }
    }

    @Override
    public void close() throws SQLException {
        submissions.stop();
        claiming.interrupt();
        Ends.await(claiming);
        steps.stop();
        ends.stop();
        for (var connection : connections) {
            connection.close();
        }
    }
}
