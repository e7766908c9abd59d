package dev.kedge.app;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The sums over a file of orders: as the demo's function returns them, and as {@link #of} finds
 * them without it. The two share no code and no language, so where they agree, both are probably
 * right.
 */
record OrdersCount(
        int rows,
        int accepted,
        Map<String, Integer> rejected,
        long totalCents,
        Map<String, Country> countries,
        BestSeller bestSeller) {

    record Country(int orders, long cents) {}

    record BestSeller(String sku, int units) {}

    private static final int CELLS = 8;

    private static final Map<String, Integer> RATES =
            Map.of("EUR", 10_000, "USD", 8_600, "GBP", 11_400, "SEK", 910, "PLN", 2_350, "JPY", 55);

    /** Counts {@code csv} line by line. */
    static OrdersCount of(String csv) {
        var rows = 0;
        var accepted = 0;
        var total = 0L;
        var rejected = new TreeMap<String, Integer>();
        var countries = new TreeMap<String, Country>();
        var units = new HashMap<String, Integer>();
        var seen = new HashSet<String>();
        for (var line : csv.lines().skip(1).toList()) {
            rows++;
            var cells = cells(line);
            var fault = fault(cells, seen);
            if (!fault.isEmpty()) {
                rejected.merge(fault, 1, Integer::sum);
                continue;
            }
            seen.add(cells.getFirst());
            accepted++;
            var quantity = Integer.parseInt(cells.get(5));
            var cents =
                    Long.parseLong(cells.get(6))
                            * quantity
                            * RATES.getOrDefault(cells.get(7), 0)
                            / 10_000;
            total += cents;
            units.merge(cells.get(4), quantity, Integer::sum);
            countries.merge(
                    cells.get(3),
                    new Country(1, cents),
                    (a, b) -> new Country(a.orders() + b.orders(), a.cents() + b.cents()));
        }
        return new OrdersCount(rows, accepted, rejected, total, countries, best(units));
    }

    private static String fault(List<String> cells, HashSet<String> seen) {
        if (seen.contains(cells.getFirst())) {
            return "duplicate";
        }
        if (cells.get(1).length() != "2026-01-01T00:00:00Z".length()) {
            return "bad date";
        }
        if (!isDigits(cells.get(5)) || cells.get(5).startsWith("0")) {
            return "bad quantity";
        }
        if (!isDigits(cells.get(6))) {
            return "bad price";
        }
        return RATES.containsKey(cells.get(7)) ? "" : "unknown currency";
    }

    private static boolean isDigits(String text) {
        return !text.isEmpty() && text.chars().allMatch(c -> c >= '0' && c <= '9');
    }

    private static BestSeller best(Map<String, Integer> units) {
        return units.entrySet().stream()
                .min(
                        Map.Entry.<String, Integer>comparingByValue()
                                .reversed()
                                .thenComparing(Map.Entry.comparingByKey()))
                .map(most -> new BestSeller(most.getKey(), most.getValue()))
                .orElse(new BestSeller("", 0));
    }

    /** Splits at commas outside quotes; a doubled quote within quotes is one. */
    private static List<String> cells(String line) {
        var cells = new ArrayList<String>(CELLS);
        var cell = new StringBuilder();
        var quoted = false;
        for (var i = 0; i < line.length(); i++) {
            var c = line.charAt(i);
            if (c == '"' && quoted && i + 1 < line.length() && line.charAt(i + 1) == '"') {
                cell.append(c);
                i++;
            } else if (c == '"') {
                quoted = !quoted;
            } else if (c == ',' && !quoted) {
                cells.add(cell.toString());
                cell.setLength(0);
            } else {
                cell.append(c);
            }
        }
        cells.add(cell.toString());
        return cells;
    }
}
