package dev.kedge.server;

import dev.kedge.api.AttemptView;
import dev.kedge.api.LogLineView;
import dev.kedge.api.RawJson;
import dev.kedge.api.RunBody;
import dev.kedge.api.RunView;
import dev.kedge.model.Attempt;
import dev.kedge.model.Durations;
import dev.kedge.model.Failure;
import dev.kedge.model.Identity;
import dev.kedge.model.JobName;
import dev.kedge.model.KedgeException;
import dev.kedge.model.LimitKeys;
import dev.kedge.model.LogLine;
import dev.kedge.model.NewRun;
import dev.kedge.model.OnConflict;
import dev.kedge.model.Payload;
import dev.kedge.model.Progress;
import dev.kedge.model.QueueName;
import dev.kedge.model.Run;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Runs between the wire and the model. */
final class RunWords {

    private RunWords() {}

    static NewRun toRun(JobName job, RunBody body, int payloadBytesMax) {
        return new NewRun(
                job,
                payload(body.payload(), payloadBytesMax),
                start(body),
                body.priority(),
                body.queue() == null ? null : new QueueName(body.queue()),
                body.key(),
                onConflict(body),
                body.expiresAt(),
                body.maxAttempts(),
                body.timeout() == null ? null : Durations.parse("timeout", body.timeout()),
                body.tags() == null ? List.of() : body.tags(),
                metadata(body.metadata()),
                null,
                new LimitKeys(body.concurrencyKey(), body.orderingKey()));
    }

    static Payload payload(@Nullable RawJson json, int bytesMax) {
        return json == null
                ? Payload.NULL
                : Payload.ofJson(json.bytes()).atMost(bytesMax, "payload");
    }

    static RunView toView(Run run) {
        return view(run, run.payload(), run.result());
    }

    /** Without payload and result, of which a page of runs could have a gigabyte. */
    static RunView toListView(Run run) {
        return view(run, null, null);
    }

    static AttemptView toView(Attempt attempt) {
        return new AttemptView(
                attempt.number(),
                attempt.epoch(),
                attempt.worker().toString(),
                attempt.startedAt(),
                attempt.endedAt(),
                failure(attempt.failure()));
    }

    static LogLineView toView(LogLine line) {
        return new LogLineView(
                Cursors.of(line.position()),
                line.attempt(),
                line.at(),
                line.level().word(),
                line.message());
    }

    private static RunView view(Run run, @Nullable Payload payload, @Nullable Payload result) {
        var progress = run.progress();
        var failure = run.failure();
        return new RunView(
                run.id().toString(),
                run.namespace().value(),
                run.job().value(),
                run.queue().value(),
                run.state().word(),
                run.priority(),
                raw(payload),
                run.createdAt(),
                run.dueAt(),
                run.startedAt(),
                run.endedAt(),
                run.attempt(),
                run.spent().failures(),
                run.spent().losses(),
                text(run.worker()),
                text(run.deployment()),
                progress == null ? null : progress(progress),
                run.progressAt(),
                run.cancelRequestedAt(),
                run.cancelRequestedBy(),
                raw(result),
                failure == null ? null : failure(failure),
                run.cancelReason(),
                run.key(),
                run.expiresAt(),
                run.maxAttempts(),
                JobWords.textOf(run.timeout()),
                run.tags(),
                raw(run.metadata()),
                text(run.origin()),
                text(run.cause().parent()),
                text(run.cause().trigger()),
                text(run.cause().event()),
                run.keys().concurrency(),
                run.keys().ordering(),
                run.submitter() == null ? null : submitter(run.submitter()));
    }

    private static RunView.SubmitterView submitter(Identity submitter) {
        return new RunView.SubmitterView(
                submitter.id().value(), submitter.role(), submitter.email());
    }

    private static RunView.ProgressView progress(Progress progress) {
        return new RunView.ProgressView(
                progress.percent(),
                progress.processed(),
                progress.total(),
                progress.message(),
                raw(progress.data()));
    }

    static RunView.FailureView failure(Failure failure) {
        return new RunView.FailureView(
                failure.code().word(), failure.type(), failure.message(), failure.stack());
    }

    private static NewRun.Start start(RunBody body) {
        if (body.delay() != null) {
            if (body.runAt() != null) {
                throw new KedgeException.Invalid("delay", "give runAt or delay, not both");
            }
            return new NewRun.Start.After(Durations.parse("delay", body.delay()));
        }
        return body.runAt() == null ? NewRun.Start.NOW : new NewRun.Start.At(body.runAt());
    }

    private static OnConflict onConflict(RunBody body) {
        if (body.onConflict() == null) {
            return OnConflict.REJECT;
        }
        if (body.key() == null) {
            throw new KedgeException.Invalid("onConflict", "means nothing without a key");
        }
        return switch (body.onConflict()) {
            case REJECT -> OnConflict.REJECT;
            case RETURN -> OnConflict.RETURN;
            case REPLACE -> OnConflict.REPLACE;
        };
    }

    private static @Nullable Payload metadata(@Nullable RawJson json) {
        if (json == null || json.equals(RawJson.NULL)) {
            return null;
        }
        if (json.bytes()[0] != '{') {
            throw new KedgeException.Invalid("metadata", "an object is wanted here");
        }
        return Payload.ofJson(json.bytes());
    }

    static @Nullable RawJson raw(@Nullable Payload payload) {
        return payload == null ? null : RawJson.of(payload.bytes());
    }

    private static @Nullable String text(@Nullable Object id) {
        return Objects.toString(id, null);
    }
}
