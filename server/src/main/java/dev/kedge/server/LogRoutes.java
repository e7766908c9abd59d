package dev.kedge.server;

import static dev.kedge.model.Permission.Act.JOBS_READ;

import dev.kedge.api.LogPage;
import dev.kedge.engine.Engine;
import dev.kedge.engine.Runs;
import dev.kedge.model.KedgeException;
import dev.kedge.model.LogLine;
import java.util.List;

/** Reading a run's log, page by page or as it is written. */
final class LogRoutes {

    static final int LINES_MAX = 1_000;
    private static final int LINES_DEFAULT = 200;
    private static final String EVENT_STREAM = "text/event-stream";
    private static final String LOGS = "/v1/namespaces/{ns}/runs/{id}/logs";

    private final Engine engine;
    private final Waiting waiting;

    LogRoutes(Engine engine, Waiting waiting) {
        this.engine = engine;
        this.waiting = waiting;
    }

    List<Route> routes() {
        return List.of(
                Route.get(
                                LOGS,
                                "Lists log lines, oldest first; a stream where the caller accepts"
                                        + " text/event-stream",
                                LogPage.class,
                                this::list)
                        .taking("limit", "cursor")
                        .needs(JOBS_READ),
                Route.get(
                                LOGS + "/stream",
                                "Streams log lines as server-sent events until the run has ended",
                                null,
                                this::stream)
                        .taking("cursor")
                        .needs(JOBS_READ));
    }

    private void list(Call call) throws Exception {
        var accept = call.http().header("Accept");
        if (accept != null && accept.contains(EVENT_STREAM)) {
            stream(call);
            return;
        }
        var limit = call.limit(LINES_DEFAULT, LINES_MAX);
        var runs = runs(call);
        var lines = runs.logs(runs.get(call.run()).id(), after(call), limit);
        var next = lines.size() == limit ? Cursors.of(lines.getLast().position()) : null;
        call.answer(new LogPage(lines.stream().map(RunWords::toView).toList(), next));
    }

    private void stream(Call call) throws Exception {
        var run = runs(call).get(call.run()).id();
        var after = after(call);
        waiting.with(
                reader -> {
                    var response = reader.http().res();
                    response.setStatus(200);
                    response.setContentType(EVENT_STREAM);
                    response.setCharacterEncoding("utf-8");
                    try {
                        new LogStream(() -> again(reader), run, waiting, response.getOutputStream())
                                .from(after);
                    } catch (Refused | KedgeException.NotFound noLonger) {
                        // It ends here; who comes back for more is told why there is none.
                    }
                },
                call);
    }

    private Runs runs(Call call) {
        return call.as(engine).runs(call.namespace());
    }

    private Runs again(Call call) {
        call.checkAgain();
        return runs(call);
    }

    /** Where the caller stopped reading: what a browser sends by itself counts before the rest. */
    private static LogLine.Position after(Call call) {
        var lastEvent = call.http().header("Last-Event-ID");
        if (lastEvent != null && !lastEvent.isEmpty()) {
            return Cursors.line(
                    lastEvent, Refused.header("Last-Event-ID", "is not the id of a log line"));
        }
        var cursor =
                call.query(
                        "cursor",
                        text ->
                                Cursors.line(
                                        text,
                                        Refused.query("cursor", "is not the id of a log line")));
        return cursor == null ? LogLine.Position.START : cursor;
    }
}
