package dev.kedge.app;

import dev.kedge.model.KedgeException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/** The variables that mean something to this program. */
final class Environment {

    static final List<String> NAMES =
            List.of(
                    "KEDGE_API_KEY",
                    "KEDGE_DATA",
                    "KEDGE_DATABASE_PASSWORD",
                    "KEDGE_DATABASE_URL",
                    "KEDGE_DATABASE_USER",
                    "KEDGE_DENO",
                    "KEDGE_HOST",
                    "KEDGE_JAVA_HOME",
                    "KEDGE_JAVA_OPTS",
                    "KEDGE_JOBS",
                    "KEDGE_LEASE",
                    "KEDGE_LOG_LEVEL",
                    "KEDGE_NAMESPACE",
                    "KEDGE_PORT",
                    "KEDGE_SLOTS",
                    "KEDGE_URL");

    private static final String PREFIX = "KEDGE_";

    private Environment() {}

    /**
     * Refuses a variable that starts like ours and is none: it is most likely misspelt, and a
     * setting that silently does not hold is worse than a server that does not start.
     */
    static void check(Map<String, String> environment) {
        for (var name : new TreeSet<>(environment.keySet())) {
            if (name.startsWith(PREFIX) && !NAMES.contains(name)) {
                throw new KedgeException.Invalid(
                        name, "there is no such setting; the nearest is " + nearest(name));
            }
        }
    }

    private static String nearest(String name) {
        var nearest = NAMES.getFirst();
        for (var candidate : NAMES) {
            if (edits(name, candidate) < edits(name, nearest)) {
                nearest = candidate;
            }
        }
        return nearest;
    }

    /** How many letters must be added, dropped or changed to get from one to the other. */
    private static int edits(String from, String to) {
        var row = new int[to.length() + 1];
        Arrays.setAll(row, i -> i);
        for (var i = 1; i <= from.length(); i++) {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= to.length(); j++) {
                var changed = diagonal + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(changed, Math.min(row[j], row[j - 1]) + 1);
            }
        }
        return row[to.length()];
    }
}
