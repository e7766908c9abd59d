package dev.kedge.server;

import static dev.kedge.model.Permission.Act.JOBS_ADMIN;
import static dev.kedge.model.Permission.Act.JOBS_READ;

import dev.kedge.api.JobBody;
import dev.kedge.api.JobPage;
import dev.kedge.api.JobView;
import dev.kedge.api.NamespaceLimitBody;
import dev.kedge.api.NamespaceQuotaBody;
import dev.kedge.engine.Engine;
import dev.kedge.model.Quota;
import dev.kedge.model.RunFilter;
import java.util.List;

/** Defining jobs, looking at them, and holding them. */
final class JobRoutes {

    private static final String JOBS = "/v1/namespaces/{ns}/jobs";
    private static final String JOB = JOBS + "/{job}";
    private static final String QUOTA = "/v1/namespaces/{ns}/quota";
    private static final String LIMITS = "/v1/namespaces/{ns}/limits";

    private final Engine engine;
    private final ServerConfig config;

    JobRoutes(Engine engine, ServerConfig config) {
        this.engine = engine;
        this.config = config;
    }

    List<Route> routes() {
        return List.of(
                Route.get(JOBS, "Lists the jobs by name", JobPage.class, this::list)
                        .taking("limit", "cursor")
                        .needs(JOBS_READ),
                Route.get(JOB, "Shows a job", JobView.class, this::show).needs(JOBS_READ),
                Route.put(
                                JOB,
                                "Defines a job or replaces its definition",
                                JobBody.class,
                                config.bodyBytesMax(),
                                JobView.class,
                                this::define)
                        .needs(JOBS_ADMIN),
                Route.delete(JOB, "Removes a job and cancels its pending runs", this::remove)
                        .needs(JOBS_ADMIN),
                Route.post(
                                JOB + "/pause",
                                "Starts no further run of the job until it is resumed",
                                JobView.class,
                                this::pause)
                        .needs(JOBS_ADMIN),
                Route.post(
                                JOB + "/resume",
                                "Starts runs of the job again",
                                JobView.class,
                                this::resume)
                        .needs(JOBS_ADMIN),
                Route.get(
                                LIMITS,
                                "Shows the limits of the namespace",
                                NamespaceLimitBody.class,
                                this::showLimits)
                        .needs(JOBS_READ),
                Route.put(
                                LIMITS,
                                "Sets the limits of the namespace",
                                NamespaceLimitBody.class,
                                config.bodyBytesMax(),
                                NamespaceLimitBody.class,
                                this::limit)
                        .needs(JOBS_ADMIN),
                Route.get(
                                QUOTA,
                                "Shows the quota of the namespace",
                                NamespaceQuotaBody.class,
                                this::showQuota)
                        .needs(JOBS_READ),
                Route.put(
                                QUOTA,
                                "Sets the quota of the namespace",
                                NamespaceQuotaBody.class,
                                config.bodyBytesMax(),
                                NamespaceQuotaBody.class,
                                this::setQuota)
                        .needsEverywhere(JOBS_ADMIN));
    }

    private void list(Call call) {
        var limit = call.limit(RunFilter.LIMIT_DEFAULT, RunFilter.LIMIT_MAX);
        var after = call.query("cursor", Cursors::job);
        // One more than asked for says whether there is a further page.
        var jobs = call.as(engine).jobs(call.namespace()).list(after, limit + 1);
        var page = jobs.subList(0, Math.min(limit, jobs.size()));
        var next = jobs.size() > limit ? Cursors.of(page.getLast().name()) : null;
        call.answer(new JobPage(page.stream().map(JobWords::toView).toList(), next));
    }

    private void show(Call call) {
        call.answer(JobWords.toView(call.as(engine).jobs(call.namespace()).get(call.job())));
    }

    private void define(Call call) throws Exception {
        var body = call.body(JobBody.class);
        var schedule = body.schedule();
        var timetables =
                schedule == null ? null : schedule.stream().map(TriggerWords::timetable).toList();
        var caller = call.as(engine);
        var job =
                caller.jobs(call.namespace())
                        .define(JobWords.toJob(call.namespace(), call.job(), body));
        if (timetables != null) {
            caller.triggers(call.namespace()).declare(job.name(), timetables);
        }
        call.answer(JobWords.toView(job));
    }

    private void remove(Call call) {
        call.as(engine).jobs(call.namespace()).remove(call.job());
        call.answerNothing();
    }

    private void pause(Call call) {
        call.answer(JobWords.toView(call.as(engine).jobs(call.namespace()).pause(call.job())));
    }

    private void resume(Call call) {
        call.answer(JobWords.toView(call.as(engine).jobs(call.namespace()).resume(call.job())));
    }

    private void showLimits(Call call) {
        var limit = call.as(engine).jobs(call.namespace()).limit();
        call.answer(new NamespaceLimitBody(limit.isPresent() ? limit.getAsInt() : null));
    }

    private void showQuota(Call call) {
        var quota = call.as(engine).jobs(call.namespace()).quota();
        call.answer(
                new NamespaceQuotaBody(
                        quota.maxPending(), quota.maxConcurrent(), quota.maxPerMinute()));
    }

    private void setQuota(Call call) throws Exception {
        var quota = call.bodyThatReplaces(NamespaceQuotaBody.class);
        call.as(engine)
                .jobs(call.namespace())
                .quota(new Quota(quota.maxPending(), quota.maxConcurrent(), quota.maxPerMinute()));
        showQuota(call);
    }

    private void limit(Call call) throws Exception {
        var limits = call.bodyThatReplaces(NamespaceLimitBody.class);
        call.as(engine).jobs(call.namespace()).limit(limits.maxConcurrency());
        showLimits(call);
    }
}
