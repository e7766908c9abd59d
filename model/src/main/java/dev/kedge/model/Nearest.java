package dev.kedge.model;

import java.util.Collection;
import java.util.Comparator;

/** Guesses what somebody meant to write. */
public final class Nearest {

    private Nearest() {}

    /** The one of {@code known} that takes the fewest changes to get to; ties by alphabet. */
    public static String to(String written, Collection<String> known) {
        return known.stream()
                .min(
                        Comparator.<String>comparingInt(name -> distance(written, name))
                                .thenComparing(Comparator.naturalOrder()))
                .orElseThrow();
    }

    /** Levenshtein's, with one row. */
    private static int distance(String from, String to) {
        var row = new int[to.length() + 1];
        for (var j = 0; j <= to.length(); j++) {
            row[j] = j;
        }
        for (var i = 1; i <= from.length(); i++) {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= to.length(); j++) {
                var change = diagonal + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(change, Math.min(row[j], row[j - 1]) + 1);
            }
        }
        return row[to.length()];
    }
}
