package dev.kedge.functions;

import dev.kedge.model.Durations;
import dev.kedge.model.JobPolicy;
import dev.kedge.model.KedgeException;
import dev.kedge.model.Limits;
import dev.kedge.model.Namespace;
import dev.kedge.model.Nearest;
import dev.kedge.model.QueueName;
import dev.kedge.model.Schedule;
import java.time.Duration;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What the comment at the head of a function's code says about its job:
 *
 * <pre>{@code
 * /**
 *  * @kedge:timeout 90s
 *  * @kedge:max-retries 5
 *  *}{@code /
 * }</pre>
 *
 * <p>{@code @fluxbase:} means the same as {@code @kedge:}, and a timeout without a unit is seconds.
 *
 * @param policy what is to become of a job's policy
 * @param schedules when it is to start by itself
 * @param warnings annotations that are understood but have no effect yet
 */
record Annotations(
        @Nullable Namespace namespace,
        @Nullable String description,
        UnaryOperator<JobPolicy> policy,
        List<Schedule> schedules,
        List<String> warnings) {

    private static final Set<String> KNOWN =
            Set.of(
                    "timeout",
                    "max-retries",
                    "description",
                    "namespace",
                    "priority",
                    "queue",
                    "progress-timeout",
                    "max-concurrency",
                    "require-role",
                    "schedule",
                    "timezone");

    private static final Set<String> LATER =
            Set.of(
                    "allow-net",
                    "allow-env",
                    "allow-read",
                    "allow-write",
                    "memory",
                    "enabled",
                    "disable-execution-logs");

    /** Blank space, line comments and block comments, as far as they reach. */
    private static final Pattern HEAD =
            Pattern.compile("\\A\\uFEFF?(?:#![^\\n]*\\n)?(?:\\s+|//[^\\n]*|/\\*[\\s\\S]*?\\*/)*+");

    private static final Pattern ANNOTATION =
            Pattern.compile("^[\\s/*]*@(kedge|fluxbase):(\\S+)[ \\t]*(.*)$", Pattern.MULTILINE);

    /**
     * Reads the leading comments of {@code code}.
     *
     * @throws KedgeException.Invalid one cannot be understood; the field names it
     */
    static Annotations in(String code) {
        var head = HEAD.matcher(code);
        var reader = new Reader();
        if (head.find()) {
            var found = ANNOTATION.matcher(head.group());
            while (found.find()) {
                reader.take(found);
            }
        }
        return new Annotations(
                reader.namespace,
                reader.description,
                reader.policy,
                reader.schedules(),
                List.copyOf(reader.warnings));
    }

    /** Collects them one by one; a later one wins. */
    private static final class Reader {

        private @Nullable Namespace namespace;
        private @Nullable String description;
        private UnaryOperator<JobPolicy> policy = UnaryOperator.identity();
        private final List<String> schedules = new ArrayList<>();
        private ZoneId zone = ZoneOffset.UTC;
        private final List<String> warnings = new ArrayList<>();

        private void take(Matcher found) {
            var field = "@%s:%s".formatted(found.group(1), found.group(2));
            var value = found.group(3).replaceFirst("\\*/.*$", "").strip();
            switch (found.group(2)) {
                case "namespace" -> namespace = new Namespace(value);
                case "description" -> description = value;
                case "timeout" -> {
                    var timeout = duration(field, value);
                    also(now -> now.withTimeout(timeout));
                }
                case "progress-timeout" -> {
                    var timeout = duration(field, value);
                    also(now -> now.withProgressTimeout(timeout));
                }
                case "max-retries" -> {
                    var attempts = Math.addExact(number(field, value), 1);
                    also(now -> now.withRetry(now.recovery().retry().withMaxAttempts(attempts)));
                }
                case "priority" -> {
                    var priority = number(field, value);
                    also(now -> now.withPriority(priority));
                }
                case "max-concurrency" -> {
                    var limits = Limits.atOnce(number(field, value));
                    also(now -> now.withLimits(limits));
                }
                case "queue" -> {
                    var queue = new QueueName(value);
                    also(now -> now.withQueue(queue));
                }
                case "require-role" -> {
                    var roles = List.of(value.split("\\s*,\\s*"));
                    also(now -> now.withRequireRoles(roles));
                }
                case "schedule" -> schedules.add(value);
                case "timezone" -> zone = Schedule.zone(value);
                default -> unknown(found, field);
            }
        }

        private List<Schedule> schedules() {
            return schedules.stream().map(text -> Schedule.parse(text, zone)).toList();
        }

        private void also(UnaryOperator<JobPolicy> change) {
            var before = policy;
            policy = now -> change.apply(before.apply(now));
        }

        private void unknown(Matcher found, String field) {
            if (LATER.contains(found.group(2))) {
                warnings.add(field + " is not supported yet and has no effect");
            } else if (found.group(1).equals("kedge")) {
                throw new KedgeException.Invalid(
                        field,
                        "there is no such annotation; did you mean @kedge:%s?"
                                .formatted(Nearest.to(found.group(2), KNOWN)));
            } else {
                warnings.add(field + " is not known and has no effect");
            }
        }
    }

    private static Duration duration(String field, String value) {
        return value.matches("\\d{1,9}")
                ? Duration.ofSeconds(Long.parseLong(value))
                : Durations.parse(field, value);
    }

    private static int number(String field, String value) {
        if (!value.matches("-?\\d{1,6}")) {
            throw new KedgeException.Invalid(field, "a whole number, got '" + value + "'");
        }
        return Integer.parseInt(value);
    }
}
