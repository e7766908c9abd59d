package dev.kedge.server;

import dev.kedge.api.JobBody;
import dev.kedge.api.JobView;
import dev.kedge.model.Backoff;
import dev.kedge.model.Binding;
import dev.kedge.model.Durations;
import dev.kedge.model.Job;
import dev.kedge.model.JobName;
import dev.kedge.model.JobPolicy;
import dev.kedge.model.KedgeException;
import dev.kedge.model.Limits;
import dev.kedge.model.Namespace;
import dev.kedge.model.OnExceeded;
import dev.kedge.model.OnWorkerLost;
import dev.kedge.model.QueueName;
import dev.kedge.model.RateLimit;
import dev.kedge.model.RecoveryPolicy;
import dev.kedge.model.RetryPolicy;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Jobs between the wire and the model. */
final class JobWords {

    private static final Duration INITIAL_DELAY = Duration.ofSeconds(1);
    private static final Duration MAX_DELAY = Duration.ofMinutes(1);

    private JobWords() {}

    static Job toJob(Namespace namespace, JobName name, JobBody body) {
        return new Job(
                namespace,
                name,
                binding(body.handler()),
                policy(body),
                body.description(),
                Objects.requireNonNullElse(body.enabled(), true),
                false,
                1);
    }

    static JobView toView(Job job) {
        var policy = job.policy();
        var recovery = policy.recovery();
        return new JobView(
                job.namespace().value(),
                job.name().value(),
                job.version(),
                switch (job.binding()) {
                    case Binding.Java _ -> new JobView.HandlerView(null, true);
                    case Binding.Function(var function) -> new JobView.HandlerView(function, null);
                },
                retryView(recovery.retry()),
                policy.timeout() == null ? JobBody.NO_TIMEOUT : Durations.format(policy.timeout()),
                textOf(policy.progressTimeout()),
                recovery.onWorkerLost().name().toLowerCase(Locale.ROOT),
                recovery.maxLosses(),
                policy.cancelGrace() == null
                        ? JobBody.COOPERATIVE
                        : Durations.format(policy.cancelGrace()),
                policy.priority(),
                policy.queue().value(),
                job.description(),
                job.enabled(),
                job.paused(),
                policy.limits().maxConcurrency(),
                policy.limits().onExceeded().name().toLowerCase(Locale.ROOT),
                policy.limits().maxConcurrencyPerKey(),
                rateView(policy.limits().rate()),
                policy.requireRoles());
    }

    private static JobBody.@Nullable RateBody rateView(@Nullable RateLimit rate) {
        return rate == null
                ? null
                : new JobBody.RateBody(rate.limit(), Durations.format(rate.per()));
    }

    private static Limits limits(JobBody body) {
        var onExceeded = body.onExceeded();
        var rate = body.rateLimit();
        return new Limits(
                body.maxConcurrency(),
                onExceeded == null
                        ? OnExceeded.QUEUE
                        : switch (onExceeded) {
                            case QUEUE -> OnExceeded.QUEUE;
                            case REJECT -> OnExceeded.REJECT;
                        },
                body.maxConcurrencyPerKey(),
                rate == null
                        ? null
                        : new RateLimit(
                                rate.limit(), Durations.parse("rateLimit.per", rate.per())));
    }

    static @Nullable String textOf(@Nullable Duration duration) {
        return duration == null ? null : Durations.format(duration);
    }

    private static Binding binding(JobBody.HandlerBody handler) {
        var function = handler.function();
        var java = Boolean.TRUE.equals(handler.java());
        if (java == (function != null)) {
            throw new KedgeException.Invalid(
                    "handler", "must have either a function or \"java\": true");
        }
        return function == null ? new Binding.Java() : new Binding.Function(function);
    }

    private static JobPolicy policy(JobBody body) {
        var normal = JobPolicy.DEFAULT;
        var recovery = normal.recovery();
        var onWorkerLost = body.onWorkerLost();
        return new JobPolicy(
                new RecoveryPolicy(
                        within("retry", () -> retry(body.retry())),
                        onWorkerLost == null
                                ? recovery.onWorkerLost()
                                : switch (onWorkerLost) {
                                    case RETRY -> OnWorkerLost.RETRY;
                                    case FAIL -> OnWorkerLost.FAIL;
                                },
                        Objects.requireNonNullElse(body.maxLosses(), recovery.maxLosses())),
                durationOr("timeout", body.timeout(), JobBody.NO_TIMEOUT, normal.timeout()),
                body.progressTimeout() == null
                        ? null
                        : Durations.parse("progressTimeout", body.progressTimeout()),
                durationOr(
                        "cancelGrace",
                        body.cancelGrace(),
                        JobBody.COOPERATIVE,
                        normal.cancelGrace()),
                Objects.requireNonNullElse(body.priority(), normal.priority()),
                body.queue() == null ? normal.queue() : new QueueName(body.queue()),
                limits(body),
                Objects.requireNonNullElse(body.requireRoles(), normal.requireRoles()));
    }

    /** A duration, or null for the word that stands for having none. */
    private static @Nullable Duration durationOr(
            String field, @Nullable String text, String none, @Nullable Duration normal) {
        if (text == null) {
            return normal;
        }
        return text.equals(none) ? null : Durations.parse(field, text);
    }

    private static RetryPolicy retry(JobBody.@Nullable RetryBody body) {
        var normal = RetryPolicy.DEFAULT;
        if (body == null) {
            return normal;
        }
        return new RetryPolicy(
                Objects.requireNonNullElse(body.maxAttempts(), normal.maxAttempts()),
                backoff(body),
                Objects.requireNonNullElse(body.jitter(), normal.jitter()));
    }

    private static Backoff backoff(JobBody.RetryBody body) {
        var growth =
                Objects.requireNonNullElse(
                        body.backoff(),
                        body.delays() == null ? JobBody.Growth.EXPONENTIAL : JobBody.Growth.TABLE);
        return switch (growth) {
            case FIXED -> {
                refuse("maxDelay", body.maxDelay(), growth);
                refuse("delays", body.delays(), growth);
                yield new Backoff.Fixed(initialDelay(body));
            }
            case LINEAR -> {
                refuse("delays", body.delays(), growth);
                yield new Backoff.Linear(initialDelay(body), maxDelay(body));
            }
            case EXPONENTIAL -> {
                refuse("delays", body.delays(), growth);
                yield new Backoff.Exponential(initialDelay(body), maxDelay(body));
            }
            case TABLE -> {
                refuse("initialDelay", body.initialDelay(), growth);
                refuse("maxDelay", body.maxDelay(), growth);
                if (body.delays() == null) {
                    throw new KedgeException.Invalid("delays", "a table needs them");
                }
                yield new Backoff.Table(
                        body.delays().stream()
                                .map(text -> Durations.parse("delays", text))
                                .toList());
            }
        };
    }

    private static void refuse(String field, @Nullable Object value, JobBody.Growth growth) {
        if (value != null) {
            throw new KedgeException.Invalid(
                    field,
                    "means nothing where the backoff is " + growth.name().toLowerCase(Locale.ROOT));
        }
    }

    private static Duration initialDelay(JobBody.RetryBody body) {
        return body.initialDelay() == null
                ? INITIAL_DELAY
                : Durations.parse("initialDelay", body.initialDelay());
    }

    private static Duration maxDelay(JobBody.RetryBody body) {
        if (body.maxDelay() != null) {
            return Durations.parse("maxDelay", body.maxDelay());
        }
        var initial = initialDelay(body);
        return initial.compareTo(MAX_DELAY) > 0 ? initial : MAX_DELAY;
    }

    private static JobView.RetryView retryView(RetryPolicy retry) {
        var attempts = retry.maxAttempts();
        var jitter = retry.jitter();
        return switch (retry.backoff()) {
            case Backoff.Fixed(var delay) ->
                    new JobView.RetryView(
                            attempts, "fixed", Durations.format(delay), null, null, jitter);
            case Backoff.Linear(var initial, var ceiling) ->
                    new JobView.RetryView(
                            attempts,
                            "linear",
                            Durations.format(initial),
                            Durations.format(ceiling),
                            null,
                            jitter);
            case Backoff.Exponential(var initial, var ceiling) ->
                    new JobView.RetryView(
                            attempts,
                            "exponential",
                            Durations.format(initial),
                            Durations.format(ceiling),
                            null,
                            jitter);
            case Backoff.Table(List<Duration> delays) ->
                    new JobView.RetryView(
                            attempts,
                            "table",
                            null,
                            null,
                            delays.stream().map(Durations::format).toList(),
                            jitter);
        };
    }

    /** Names a field by its place in the body where the model knows only its last name. */
    private static <T> T within(String part, Supplier<T> reading) {
        try {
            return reading.get();
        } catch (KedgeException.Invalid invalid) {
            var message = String.valueOf(invalid.getMessage());
            var prefix = invalid.field() + ": ";
            throw new KedgeException.Invalid(
                    part + "." + invalid.field(),
                    message.startsWith(prefix) ? message.substring(prefix.length()) : message);
        }
    }
}
