package dev.kedge.bench;

import java.util.List;

/**
 * What an entrant came to in a scenario.
 *
 * @param value the median of {@code laps}
 * @param ratioToRaw the value over the limit's. More is better for a rate, less for a latency
 */
record Figure(
        String scenario,
        String system,
        String unit,
        double value,
        List<Double> laps,
        double ratioToRaw) {

    static Figure of(String scenario, String system, String unit, List<Double> laps, double limit) {
        var value = median(laps);
        return new Figure(scenario, system, unit, value, laps, value / limit);
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
