package dev.kedge.server;

import static dev.kedge.model.Permission.Act.JOBS_ADMIN;
import static dev.kedge.model.Permission.Act.JOBS_READ;
import static dev.kedge.model.Permission.Act.JOBS_WRITE;

import dev.kedge.api.AttemptView;
import dev.kedge.api.DeadLetterPage;
import dev.kedge.api.DeadLetterView;
import dev.kedge.api.RawJson;
import dev.kedge.api.RetriedView;
import dev.kedge.api.RetryBody;
import dev.kedge.api.RetryLettersBody;
import dev.kedge.api.RunView;
import dev.kedge.engine.DeadLetters;
import dev.kedge.engine.Engine;
import dev.kedge.model.DeadLetter;
import dev.kedge.model.JobName;
import dev.kedge.model.KedgeException;
import dev.kedge.model.RunFilter;
import dev.kedge.model.RunId;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Looking at runs that failed for good, and deciding about them. */
final class DeadLetterRoutes {

    private static final String LETTERS = "/v1/namespaces/{ns}/dead-letters";
    private static final String LETTER = LETTERS + "/{id}";

    private final Engine engine;

    DeadLetterRoutes(Engine engine) {
        this.engine = engine;
    }

    List<Route> routes() {
        return List.of(
                Route.get(
                                LETTERS,
                                "Lists the runs that failed for good, newest first",
                                DeadLetterPage.class,
                                this::list)
                        .taking("job", "poisoned", "limit", "cursor")
                        .needs(JOBS_READ),
                Route.get(
                                LETTER,
                                "Shows a dead letter with its history",
                                DeadLetterView.class,
                                this::show)
                        .needs(JOBS_READ),
                Route.post(
                                LETTER + "/retry",
                                "Repeats the run as a new one and takes the letter away",
                                RetryBody.class,
                                Route.SMALL_BODY_BYTES_MAX,
                                RunView.class,
                                this::retry)
                        .creating()
                        .needs(JOBS_WRITE),
                Route.post(
                                LETTERS + ":retry",
                                "Repeats the runs of many letters, each for itself",
                                RetryLettersBody.class,
                                Route.SMALL_BODY_BYTES_MAX,
                                RetriedView.class,
                                this::retryMany)
                        .needs(JOBS_WRITE),
                Route.delete(LETTER, "Takes a letter away; its run stays as it ended", this::drop)
                        .needs(JOBS_ADMIN));
    }

    private void list(Call call) {
        var page =
                letters(call)
                        .list(
                                call.query("job", JobName::new),
                                call.flag("poisoned"),
                                call.query("cursor", Cursors::run),
                                call.limit(RunFilter.LIMIT_DEFAULT, RunFilter.LIMIT_MAX));
        call.answer(
                new DeadLetterPage(
                        page.items().stream().map(letter -> view(letter, null, null)).toList(),
                        cursor(page.next())));
    }

    private void show(Call call) {
        var run = call.run();
        var letter =
                letters(call)
                        .find(run)
                        .orElseThrow(
                                () -> new KedgeException.NotFound("dead letter", run.toString()));
        var history =
                call.as(engine).runs(call.namespace()).attempts(run).stream()
                        .map(RunWords::toView)
                        .toList();
        call.answer(view(letter, RunWords.raw(letter.payload()), history));
    }

    private void retry(Call call) throws Exception {
        var run = call.run();
        var fresh = Boolean.TRUE.equals(call.body(RetryBody.class).fresh());
        RunRoutes.answer(
                call, call.as(engine).runs(call.namespace()), letters(call).retry(run, fresh));
    }

    private void retryMany(Call call) throws Exception {
        var body = call.body(RetryLettersBody.class);
        var letters = letters(call);
        var page =
                letters.list(
                        body.job() == null ? null : new JobName(body.job()),
                        body.poisoned(),
                        body.cursor() == null ? null : before(body.cursor()),
                        limit(body.limit()));
        var items = new ArrayList<RetriedView.Item>();
        for (var letter : page.items()) {
            items.add(retry(letters, letter.run(), Boolean.TRUE.equals(body.fresh())));
        }
        var retried = (int) items.stream().filter(item -> item.problem() == null).count();
        call.answer(new RetriedView(retried, items.size() - retried, items, cursor(page.next())));
    }

    private static RetriedView.Item retry(DeadLetters letters, RunId letter, boolean fresh) {
        try {
            var run = letters.retry(letter, fresh).run();
            return new RetriedView.Item(letter.toString(), run.toString(), null);
        } catch (KedgeException.Unavailable | KedgeException.Internal fault) {
            throw fault; // What is retried has no letter any more: to ask again is safe.
        } catch (KedgeException refusal) {
            return new RetriedView.Item(letter.toString(), null, Problems.from(refusal));
        }
    }

    private void drop(Call call) {
        letters(call).drop(call.run());
        call.answerNothing();
    }

    private DeadLetters letters(Call call) {
        return call.as(engine).deadLetters(call.namespace());
    }

    private static int limit(@Nullable Integer limit) {
        if (limit == null) {
            return RunFilter.LIMIT_DEFAULT;
        }
        if (limit < 1 || limit > RunFilter.LIMIT_MAX) {
            throw new KedgeException.Invalid(
                    "limit", "must be between 1 and %d".formatted(RunFilter.LIMIT_MAX));
        }
        return limit;
    }

    private static RunId before(String cursor) {
        try {
            return Cursors.run(cursor);
        } catch (Refused refused) {
            throw new KedgeException.Invalid("cursor", refused.detail());
        }
    }

    private static @Nullable String cursor(@Nullable RunId next) {
        return next == null ? null : Cursors.of(next);
    }

    private static DeadLetterView view(
            DeadLetter letter, @Nullable RawJson payload, @Nullable List<AttemptView> history) {
        return new DeadLetterView(
                letter.run().toString(),
                letter.job().value(),
                letter.poisoned(),
                letter.failedAt(),
                RunWords.failure(letter.failure()),
                letter.attempts(),
                payload,
                history);
    }
}
