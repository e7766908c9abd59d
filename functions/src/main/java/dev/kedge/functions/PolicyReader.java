package dev.kedge.functions;

import dev.kedge.model.Backoff;
import dev.kedge.model.Durations;
import dev.kedge.model.JobPolicy;
import dev.kedge.model.KedgeException;
import dev.kedge.model.Limits;
import dev.kedge.model.Nearest;
import dev.kedge.model.OnExceeded;
import dev.kedge.model.OnWorkerLost;
import dev.kedge.model.QueueName;
import dev.kedge.model.RateLimit;
import dev.kedge.model.RecoveryPolicy;
import dev.kedge.model.RetryPolicy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/** Reads the policy that {@code defineJob({ name, ...policy }, …)} was given. */
final class PolicyReader {

    private static final Set<String> FIELDS =
            Set.of(
                    "name",
                    "description",
                    "timeout",
                    "progressTimeout",
                    "cancelGrace",
                    "priority",
                    "queue",
                    "maxAttempts",
                    "retry",
                    "onWorkerLost",
                    "maxLosses",
                    "maxConcurrency",
                    "onExceeded",
                    "maxConcurrencyPerKey",
                    "rateLimit",
                    "requireRoles",
                    "schedule");

    private static final Set<String> RETRY_FIELDS =
            Set.of("maxAttempts", "backoff", "initialDelay", "maxDelay", "delays", "jitter");

    private static final Set<String> RATE_FIELDS = Set.of("limit", "per");

    private static final Set<String> BACKOFFS = Set.of("fixed", "linear", "exponential", "table");

    private PolicyReader() {}

    /**
     * @throws KedgeException.Invalid a field is unknown or makes no sense; it is named
     */
    static JobPolicy read(JsonNode said, JobPolicy base) {
        refuseUnknown("", said, FIELDS);
        var policy = base;
        if (said.has("timeout")) {
            policy = policy.withTimeout(duration("timeout", said.path("timeout")));
        }
        if (said.has("progressTimeout")) {
            policy =
                    policy.withProgressTimeout(
                            duration("progressTimeout", said.path("progressTimeout")));
        }
        if (said.has("cancelGrace")) {
            policy = policy.withCancelGrace(duration("cancelGrace", said.path("cancelGrace")));
        }
        if (said.has("priority")) {
            policy = policy.withPriority(number("priority", said.path("priority")));
        }
        if (said.has("queue")) {
            policy = policy.withQueue(new QueueName(text("queue", said.path("queue"))));
        }
        if (said.has("requireRoles")) {
            policy = policy.withRequireRoles(texts("requireRoles", said.path("requireRoles")));
        }
        return policy.withLimits(limits(said, policy.limits()))
                .withRecovery(recovery(said, policy.recovery()));
    }

    private static Limits limits(JsonNode said, Limits base) {
        var onExceeded =
                switch (said.path("onExceeded").asString("")) {
                    case "" -> base.onExceeded();
                    case "queue" -> OnExceeded.QUEUE;
                    case "reject" -> OnExceeded.REJECT;
                    default ->
                            throw new KedgeException.Invalid(
                                    "onExceeded", "must be 'queue' or 'reject'");
                };
        return new Limits(
                said.has("maxConcurrency")
                        ? (Integer) number("maxConcurrency", said.path("maxConcurrency"))
                        : base.maxConcurrency(),
                onExceeded,
                said.has("maxConcurrencyPerKey")
                        ? (Integer)
                                number("maxConcurrencyPerKey", said.path("maxConcurrencyPerKey"))
                        : base.maxConcurrencyPerKey(),
                said.has("rateLimit") ? rate(said.path("rateLimit")) : base.rate());
    }

    private static RateLimit rate(JsonNode said) {
        if (!said.isObject() || !said.has("limit") || !said.has("per")) {
            throw new KedgeException.Invalid("rateLimit", "an object with limit and per");
        }
        refuseUnknown("rateLimit.", said, RATE_FIELDS);
        return new RateLimit(
                number("rateLimit.limit", said.path("limit")),
                duration("rateLimit.per", said.path("per")));
    }

    private static RecoveryPolicy recovery(JsonNode said, RecoveryPolicy base) {
        var retry = base.retry();
        if (said.has("retry")) {
            retry = retry(said.path("retry"), retry);
        }
        if (said.has("maxAttempts")) {
            retry = retry.withMaxAttempts(number("maxAttempts", said.path("maxAttempts")));
        }
        var onWorkerLost =
                switch (said.path("onWorkerLost").asString("")) {
                    case "" -> base.onWorkerLost();
                    case "retry" -> OnWorkerLost.RETRY;
                    case "fail" -> OnWorkerLost.FAIL;
                    default ->
                            throw new KedgeException.Invalid(
                                    "onWorkerLost", "must be 'retry' or 'fail'");
                };
        var maxLosses =
                said.has("maxLosses")
                        ? number("maxLosses", said.path("maxLosses"))
                        : base.maxLosses();
        return new RecoveryPolicy(retry, onWorkerLost, maxLosses);
    }

    private static RetryPolicy retry(JsonNode said, RetryPolicy base) {
        refuseUnknown("retry.", said, RETRY_FIELDS);
        var attempts =
                said.has("maxAttempts")
                        ? number("retry.maxAttempts", said.path("maxAttempts"))
                        : base.maxAttempts();
        var jitter = said.path("jitter").asDouble(base.jitter());
        return new RetryPolicy(attempts, backoff(said, base.backoff()), jitter);
    }

    private static Backoff backoff(JsonNode said, Backoff base) {
        var initial =
                said.has("initialDelay")
                        ? duration("retry.initialDelay", said.path("initialDelay"))
                        : Duration.ofSeconds(1);
        var most =
                said.has("maxDelay")
                        ? duration("retry.maxDelay", said.path("maxDelay"))
                        : Duration.ofMinutes(1);
        var kind = said.path("backoff").asString(said.has("delays") ? "table" : "");
        return switch (kind) {
            case "" ->
                    said.has("initialDelay") || said.has("maxDelay")
                            ? new Backoff.Exponential(initial, most)
                            : base;
            case "fixed" -> new Backoff.Fixed(initial);
            case "linear" -> new Backoff.Linear(initial, most);
            case "exponential" -> new Backoff.Exponential(initial, most);
            case "table" -> new Backoff.Table(delays(said.path("delays")));
            default ->
                    throw new KedgeException.Invalid(
                            "retry.backoff",
                            "there is no '%s'; did you mean '%s'?"
                                    .formatted(kind, Nearest.to(kind, BACKOFFS)));
        };
    }

    private static List<Duration> delays(JsonNode said) {
        var delays = new ArrayList<Duration>();
        for (var delay : said) {
            delays.add(duration("retry.delays", delay));
        }
        return delays;
    }

    static void refuseUnknown(String prefix, JsonNode said, Set<String> known) {
        for (var name : said.propertyNames()) {
            if (!known.contains(name)) {
                throw new KedgeException.Invalid(
                        prefix + name,
                        "there is no such field of a job; did you mean '%s'?"
                                .formatted(Nearest.to(name, known)));
            }
        }
    }

    /** A number is seconds, like the annotation's. */
    private static Duration duration(String field, JsonNode said) {
        if (said.isNumber()) {
            return Duration.ofMillis(Math.round(said.doubleValue() * 1_000));
        }
        return Durations.parse(field, text(field, said));
    }

    private static int number(String field, JsonNode said) {
        if (!said.isIntegralNumber() || !said.canConvertToInt()) {
            throw new KedgeException.Invalid(field, "a whole number, got " + said);
        }
        return said.intValue();
    }

    private static List<String> texts(String field, JsonNode said) {
        if (!said.isArray()) {
            throw new KedgeException.Invalid(field, "a list of texts is wanted here");
        }
        return said.valueStream().map(each -> text(field, each)).toList();
    }

    static String text(String field, JsonNode said) {
        if (!said.isString()) {
            throw new KedgeException.Invalid(field, "a text, got " + said);
        }
        return said.stringValue();
    }
}
