package dev.kedge.bench;

import static java.util.Comparator.naturalOrder;
import static java.util.Comparator.reverseOrder;

import dev.kedge.bench.Scenario.Entrant;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One scenario, its entrants in turns: A B A B and not A A B B, so that bad weather hits all. */
final class Race<S extends Subject> {

    /** Before a lap counts, the subject has done this share of it on the same connections. */
    private static final int WARM_UP_SHARE = 5;

    private final Server server;
    private final Scenario<S> scenario;
    private final Map<Entrant<? extends S>, List<double[]>> results = new LinkedHashMap<>();

    Race(Server server, Scenario<S> scenario) {
        this.server = server;
        this.scenario = scenario;
        scenario.entrants().forEach(entrant -> results.put(entrant, new ArrayList<>()));
    }

    /** A round that does not count: what is compiled in it is compiled for all that follow. */
    void warmUp() throws SQLException, InterruptedException {
        for (var entrant : results.keySet()) {
            var _ = lap(entrant);
        }
    }

    void round() throws SQLException, InterruptedException {
        for (var result : results.entrySet()) {
            result.getValue().add(lap(result.getKey()));
        }
    }

    private double[] lap(Entrant<? extends S> entrant) throws SQLException, InterruptedException {
        var measured = Math.min(scenario.runs(), entrant.runsMax());
        var warmUp = Math.max(1, measured / WARM_UP_SHARE);
        var runs = warmUp + measured;
        var ledger = new Ledger(runs);
        var stage = server.stage();
        double[] result;
        try (S subject = entrant.setup().open(stage, ledger)) {
            var _ = scenario.course().drive(new Lap<>(stage, subject, ledger, 0, warmUp));
            result = scenario.course().drive(new Lap<>(stage, subject, ledger, warmUp, runs));
        }
        audit(stage, entrant, ledger, runs);
        server.clear();
        return result;
    }

    private void audit(Stage stage, Entrant<?> entrant, Ledger ledger, int runs)
            throws SQLException {
        try (var connection = stage.connect()) {
            new Audit(connection, entrant.audit(), ledger).check(runs, scenario.left());
        }
    }

    /** What each entrant came to, with the limit to compare it with. */
    List<Figure> figures() {
        var figures = new ArrayList<Figure>();
        for (var i = 0; i < scenario.units().size(); i++) {
            var unit = scenario.units().get(i);
            var limit = limit(i);
            var bestPeer = bestPeer(i);
            for (var entrant : results.keySet()) {
                figures.add(
                        Figure.of(
                                scenario.name(),
                                entrant.name(),
                                unit,
                                laps(entrant, i),
                                limit,
                                bestPeer));
            }
        }
        return figures;
    }

    private @Nullable Double bestPeer(int unit) {
        return scenario.peers().stream()
                .filter(results::containsKey)
                .map(peer -> Figure.median(laps(peer, unit)))
                .max(Figure.isRate(scenario.units().get(unit)) ? naturalOrder() : reverseOrder())
                .orElse(null);
    }

    private @Nullable Double limit(int unit) {
        return results.keySet().stream()
                .filter(entrant -> entrant.name().equals(Scenarios.RAW))
                .map(raw -> Figure.median(laps(raw, unit)))
                .findFirst()
                .orElse(null);
    }

    private List<Double> laps(Entrant<? extends S> entrant, int unit) {
        return results.getOrDefault(entrant, List.of()).stream().map(lap -> lap[unit]).toList();
    }
}
