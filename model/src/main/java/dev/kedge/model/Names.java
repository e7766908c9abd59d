package dev.kedge.model;

import java.util.regex.Pattern;

/** What names may look like. Narrow on purpose: they appear in URLs, file names and log lines. */
final class Names {

    static final Pattern NAMESPACE = Pattern.compile("[a-z][a-z0-9-]{0,62}");
    static final Pattern JOB = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.:-]{0,127}");

    private Names() {}

    static void check(String field, String value, Pattern allowed) {
        if (!allowed.matcher(value).matches()) {
            throw new KedgeException.Invalid(
                    field, "'%s' does not match %s".formatted(shortened(value), allowed.pattern()));
        }
    }

    private static String shortened(String value) {
        return value.length() <= 80 ? value : value.substring(0, 77) + "...";
    }
}
