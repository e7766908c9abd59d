package dev.kedge.functions;

import java.util.List;

/**
 * What stands between a function and this host, as found at the start.
 *
 * @param level {@code A}: kernel namespaces and a control group; {@code B}: a user of its own or
 *     kernel namespaces, with memory watched from outside; {@code C}: Deno's own permissions only
 * @param active the layers that hold, in words, from the outside in
 * @param missing the layers this host does not give, in words, with the reason
 */
public record SandboxReport(char level, List<String> active, List<String> missing) {

    public SandboxReport {
        active = List.copyOf(active);
        missing = List.copyOf(missing);
    }

    /** One line for a log. */
    @Override
    public String toString() {
        return "sandbox level %c: %s%s"
                .formatted(
                        level,
                        String.join(", ", active),
                        missing.isEmpty() ? "" : "; missing: " + String.join(", ", missing));
    }
}
