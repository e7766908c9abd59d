package dev.kedge.cli;

import dev.kedge.api.JobBody;
import dev.kedge.api.JobPage;
import dev.kedge.api.JobView;
import dev.kedge.cli.terminal.Table;
import dev.kedge.cli.terminal.Texts;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code kedge jobs …} */
final class JobsCommands {

    private JobsCommands() {}

    @Command(name = "list", description = "The jobs, by name.")
    static final class ListThem extends RemoteCommand {

        @Mixin private final PageOptions page = new PageOptions();

        ListThem(Surroundings around) {
            super(around);
        }

        @Override
        int run(Remote remote) {
            var answer = remote.get(remote.path("jobs") + page.query());
            return show(answer, JobPage.class, this::print);
        }

        private void print(JobPage jobs) {
            if (jobs.items().isEmpty()) {
                say("No jobs yet. Deploy a function: kedge functions deploy FILE");
                return;
            }
            var table =
                    new Table(terminal())
                            .text("JOB")
                            .text("HANDLER")
                            .number("ATTEMPTS")
                            .text("TIMEOUT")
                            .text("QUEUE")
                            .text("STATUS")
                            .elastic("DESCRIPTION");
            for (var job : jobs.items()) {
                table.row(
                        job.name(),
                        handler(job),
                        job.retry().maxAttempts(),
                        job.timeout(),
                        job.queue(),
                        status(job),
                        job.description() == null ? "" : job.description());
            }
            table.print();
            page.sayNext(this, jobs.nextCursor());
        }
    }

    @Command(name = "show", description = "A job's definition.")
    static final class Show extends RemoteCommand {

        @Parameters(paramLabel = "JOB")
        String job = "";

        Show(Surroundings around) {
            super(around);
        }

        @Override
        int run(Remote remote) {
            return show(
                    remote.get(remote.path("jobs", job)),
                    JobView.class,
                    shown -> print(this, shown));
        }
    }

    @Command(
            name = "define",
            description =
                    "Defines a job or replaces its definition; what is left out has its default.")
    static final class Define extends RemoteCommand {

        @Parameters(paramLabel = "JOB")
        String job = "";

        @Option(
                names = "--spec",
                paramLabel = "@FILE|JSON|-",
                description = "The whole definition as JSON, instead of the options below.")
        @Nullable String spec;

        @Option(
                names = "--function",
                paramLabel = "NAME",
                description = "The function that carries it out (else: one of the job's name).")
        @Nullable String function;

        @Option(names = "--java", description = "A Java handler carries it out.")
        boolean java;

        @Option(names = "--max-attempts", paramLabel = "N")
        @Nullable Integer maxAttempts;

        @Option(names = "--backoff", paramLabel = "KIND", description = "${COMPLETION-CANDIDATES}")
        JobBody.@Nullable Growth backoff;

        @Option(names = "--initial-delay", paramLabel = "DURATION")
        @Nullable String initialDelay;

        @Option(names = "--max-delay", paramLabel = "DURATION")
        @Nullable String maxDelay;

        @Option(
                names = "--delays",
                paramLabel = "DURATION",
                split = ",",
                description = "The delays of backoff 'table', say 0s,10s,60s.")
        @Nullable List<String> delays;

        @Option(names = "--jitter", paramLabel = "0..1")
        @Nullable Double jitter;

        @Option(
                names = "--timeout",
                paramLabel = "DURATION",
                description = "Of one attempt, or 'none'.")
        @Nullable String timeout;

        @Option(names = "--progress-timeout", paramLabel = "DURATION")
        @Nullable String progressTimeout;

        @Option(
                names = "--on-worker-lost",
                paramLabel = "WHAT",
                description = "${COMPLETION-CANDIDATES}")
        JobBody.@Nullable OnLoss onWorkerLost;

        @Option(names = "--max-losses", paramLabel = "N")
        @Nullable Integer maxLosses;

        @Option(
                names = "--cancel-grace",
                paramLabel = "DURATION",
                description = "How long it may go on once asked to stop, or 'cooperative'.")
        @Nullable String cancelGrace;

        @Option(names = "--priority", paramLabel = "-100..100")
        @Nullable Integer priority;

        @Option(names = "--queue", paramLabel = "NAME")
        @Nullable String queue;

        @Option(names = "--description", paramLabel = "TEXT")
        @Nullable String description;

        @Option(names = "--disabled", description = "Runs of it are not accepted.")
        boolean disabled;

        @Option(
                names = "--max-concurrency",
                paramLabel = "N",
                description = "How many runs may run at once, on all servers.")
        @Nullable Integer maxConcurrency;

        @Option(
                names = "--on-exceeded",
                paramLabel = "WHAT",
                description = "While that many are active: ${COMPLETION-CANDIDATES}.")
        JobBody.@Nullable Refusal onExceeded;

        @Option(
                names = "--max-concurrency-per-key",
                paramLabel = "N",
                description = "The same for runs with the same concurrency key.")
        @Nullable Integer maxConcurrencyPerKey;

        @Option(
                names = "--rate-limit",
                paramLabel = "N/DURATION",
                description = "How often runs may start, say 100/1m.")
        @Nullable String rateLimit;

        @Option(
                names = "--require-role",
                paramLabel = "ROLE",
                description = "Of which whoever submits must hold one; may be repeated (none).")
        @Nullable List<String> requireRoles;

        @Option(
                names = "--schedule",
                paramLabel = "CRON",
                description = "When it starts by itself; may be repeated (as before).")
        @Nullable List<String> schedules;

        @Option(
                names = "--zone",
                paramLabel = "ZONE",
                description = "Whose clocks schedules are read by (UTC).")
        @Nullable String zone;

        Define(Surroundings around) {
            super(around);
        }

        @Override
        int run(Remote remote) {
            var answer = remote.put(remote.path("jobs", job), body());
            return show(answer, JobView.class, shown -> print(this, shown));
        }

        private JobBody body() {
            if (spec != null) {
                return Input.message("--spec", spec, around().in(), JobBody.class);
            }
            if (java && function != null) {
                throw CommandFailure.usage("--java and --function exclude each other");
            }
            return new JobBody(
                    java
                            ? new JobBody.HandlerBody(null, true)
                            : new JobBody.HandlerBody(function == null ? job : function, null),
                    retry(),
                    timeout,
                    progressTimeout,
                    onWorkerLost,
                    maxLosses,
                    cancelGrace,
                    priority,
                    queue,
                    description,
                    disabled ? false : null,
                    maxConcurrency,
                    onExceeded,
                    maxConcurrencyPerKey,
                    rate(),
                    requireRoles,
                    schedules());
        }

        private @Nullable List<JobBody.ScheduleBody> schedules() {
            return schedules == null
                    ? null
                    : schedules.stream()
                            .map(cron -> new JobBody.ScheduleBody(cron, zone, null, null, null))
                            .toList();
        }

        private JobBody.@Nullable RateBody rate() {
            if (rateLimit == null) {
                return null;
            }
            var parts = rateLimit.split("/", -1);
            if (parts.length != 2 || !parts[0].matches("\\d{1,9}")) {
                throw CommandFailure.usage(
                        "--rate-limit: say how many in which time, as in 100/1m");
            }
            return new JobBody.RateBody(Integer.parseInt(parts[0]), parts[1]);
        }

        private JobBody.@Nullable RetryBody retry() {
            var growth = backoff == null && delays != null ? JobBody.Growth.TABLE : backoff;
            if (maxAttempts == null
                    && growth == null
                    && initialDelay == null
                    && maxDelay == null
                    && jitter == null) {
                return null;
            }
            return new JobBody.RetryBody(
                    maxAttempts, growth, initialDelay, maxDelay, delays, jitter);
        }
    }

    @Command(name = "pause", description = "Starts no further run of a job; new ones wait.")
    static final class Pause extends RemoteCommand {

        @Parameters(paramLabel = "JOB")
        String job = "";

        Pause(Surroundings around) {
            super(around);
        }

        @Override
        int run(Remote remote) {
            return show(
                    remote.post(remote.path("jobs", job, "pause")),
                    JobView.class,
                    shown -> say("%s is paused".formatted(shown.name())));
        }
    }

    @Command(name = "resume", description = "Lets the runs of a paused job start again.")
    static final class Resume extends RemoteCommand {

        @Parameters(paramLabel = "JOB")
        String job = "";

        Resume(Surroundings around) {
            super(around);
        }

        @Override
        int run(Remote remote) {
            return show(
                    remote.post(remote.path("jobs", job, "resume")),
                    JobView.class,
                    shown -> say("%s goes on".formatted(shown.name())));
        }
    }

    private static void print(RemoteCommand command, JobView job) {
        var details = new Details(command.terminal());
        details.put("job", command.style().bold(Texts.line(job.name())));
        details.put("namespace", job.namespace());
        details.put("version", job.version());
        details.put("status", status(job));
        details.put("handler", handler(job));
        details.put("queue", "%s, priority %d".formatted(job.queue(), job.priority()));
        details.put("attempts", retry(job.retry()));
        details.put("timeout", job.timeout());
        details.put("progress timeout", job.progressTimeout());
        details.put("worker lost", "%s, at most %d".formatted(job.onWorkerLost(), job.maxLosses()));
        details.put("cancel grace", job.cancelGrace());
        details.put("at once", atOnce(job));
        details.put(
                "at once per key",
                job.maxConcurrencyPerKey() == null
                        ? null
                        : String.valueOf(job.maxConcurrencyPerKey()));
        var rate = job.rateLimit();
        details.put("starts", rate == null ? null : "%d in %s".formatted(rate.limit(), rate.per()));
        details.put("description", job.description());
        details.print();
    }

    private static String retry(JobView.RetryView retry) {
        var delays =
                retry.delays() == null
                        ? "%s from %s to %s"
                                .formatted(retry.backoff(), retry.initialDelay(), retry.maxDelay())
                        : String.join(", ", retry.delays());
        return "%d, %s, jitter %s"
                .formatted(
                        retry.maxAttempts(),
                        delays,
                        String.format(Locale.ROOT, "%.0f %%", retry.jitter() * 100));
    }

    private static @Nullable String atOnce(JobView job) {
        return job.maxConcurrency() == null
                ? null
                : "%d, then %s".formatted(job.maxConcurrency(), job.onExceeded());
    }

    private static String handler(JobView job) {
        var function = job.handler().function();
        return function == null ? "java" : "function " + function;
    }

    private static String status(JobView job) {
        if (!job.enabled()) {
            return "disabled";
        }
        return job.paused() ? "paused" : "enabled";
    }
}
