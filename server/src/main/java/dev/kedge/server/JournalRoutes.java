package dev.kedge.server;

import static dev.kedge.model.Permission.Act.JOBS_READ;

import dev.kedge.api.EntryView;
import dev.kedge.api.RawJson;
import dev.kedge.api.StateView;
import dev.kedge.api.StepPage;
import dev.kedge.api.WaitView;
import dev.kedge.engine.Engine;
import dev.kedge.engine.Runs;
import dev.kedge.model.Entry;
import dev.kedge.model.OpenWait;
import dev.kedge.model.RunFilter;
import java.util.List;
import java.util.Objects;

/** What a run has done, what it waits for, and what it remembers. */
final class JournalRoutes {

    private static final String RUN = "/v1/namespaces/{ns}/runs/{id}";

    private final Engine engine;

    JournalRoutes(Engine engine) {
        this.engine = engine;
    }

    List<Route> routes() {
        return List.of(
                Route.get(
                                RUN + "/steps",
                                "Lists what a run has done, oldest first, and what it waits for",
                                StepPage.class,
                                this::steps)
                        .taking("limit", "cursor")
                        .needs(JOBS_READ),
                Route.get(RUN + "/state", "Shows a run's own values", StateView.class, this::state)
                        .needs(JOBS_READ));
    }

    private void steps(Call call) {
        var after = call.query("cursor", Cursors::entry);
        var limit = call.limit(RunFilter.LIMIT_DEFAULT, RunFilter.LIMIT_MAX);
        var page = call.as(engine).runs(call.namespace()).journal(call.run(), after, limit);
        call.answer(
                new StepPage(
                        page.entries().stream().map(JournalRoutes::view).toList(),
                        page.next() == null ? null : Cursors.of(page.next()),
                        after == null
                                ? page.waits().stream().map(JournalRoutes::view).toList()
                                : null));
    }

    private void state(Call call) {
        var items =
                call.as(engine).runs(call.namespace()).state(call.run()).entrySet().stream()
                        .map(each -> view(each.getKey(), each.getValue()))
                        .toList();
        call.answer(new StateView(items));
    }

    private static EntryView view(Entry entry) {
        var failure = entry.failure();
        return new EntryView(
                entry.path().value(),
                entry.kind().word(),
                entry.position(),
                entry.attempt(),
                entry.tries(),
                entry.startedAt(),
                entry.endedAt(),
                RunWords.raw(entry.output()),
                failure == null ? null : RunWords.failure(failure));
    }

    private static WaitView view(OpenWait wait) {
        return new WaitView(
                wait.path().value(),
                wait.kind().word(),
                wait.ready(),
                wait.wakeAt(),
                Objects.toString(wait.topic(), null),
                Objects.toString(wait.child(), null));
    }

    private static StateView.Item view(String key, Runs.StateValue value) {
        return new StateView.Item(key, RawJson.of(value.value().bytes()), value.updatedAt());
    }
}
