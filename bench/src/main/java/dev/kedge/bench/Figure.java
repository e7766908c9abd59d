package dev.kedge.bench;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What an entrant came to in a scenario.
 *
 * @param value the median of {@code laps}
 * @param ratioToRaw the value over the limit's. More is better for a rate, less for a latency
 * @param ratioToBestPeer the value over that of the best of the peers that were measured
 */
record Figure(
        String scenario,
        String system,
        String unit,
        double value,
        List<Double> laps,
        @Nullable Double ratioToRaw,
        @Nullable Double ratioToBestPeer) {

    static Figure of(
            String scenario,
            String system,
            String unit,
            List<Double> laps,
            @Nullable Double limit,
            @Nullable Double bestPeer) {
        var value = median(laps);
        return new Figure(
                scenario,
                system,
                unit,
                value,
                laps,
                limit == null ? null : value / limit,
                bestPeer == null ? null : value / bestPeer);
    }

    /** Of a rate, more is better; of anything else, less. */
    static boolean isRate(String unit) {
        return unit.endsWith("/s");
    }

    static double median(List<Double> values) {
        var sorted = values.stream().sorted().toList();
        var middle = sorted.size() / 2;
        return sorted.size() % 2 == 1
                ? sorted.get(middle)
                : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
    }

    double least() {
        return laps.stream().min(Double::compare).orElseThrow();
    }

    double most() {
        return laps.stream().max(Double::compare).orElseThrow();
    }
}
