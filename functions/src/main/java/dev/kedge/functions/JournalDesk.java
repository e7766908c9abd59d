package dev.kedge.functions;

import dev.kedge.engine.Journal;
import dev.kedge.engine.RunSecrets;
import dev.kedge.model.EntryKind;
import dev.kedge.model.Failure;
import dev.kedge.model.JobName;
import dev.kedge.model.KedgeException;
import dev.kedge.model.NewRun;
import dev.kedge.model.Path;
import dev.kedge.model.Payload;
import dev.kedge.model.QueueName;
import dev.kedge.model.Topic;
import dev.kedge.model.Wait;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Carries out what a function asks of its run's journal, and hands it the secrets it asks for, each
 * question on a thread of its own, so that what runs side by side is recorded side by side.
 */
final class JournalDesk {

    /** Records that are sent at once. */
    static final int PAGE_ENTRIES = 1_000;

    /** How many questions may be without an answer. The bootstrap keeps well below that. */
    static final int OPEN_MAX = 128;

    /** Takes the answer to a question back to the process. */
    interface Reply {
        /** What was asked for, as JSON, which is cleared once it is on its way. */
        void answer(byte[] json);

        /** Why it was not done, in words for the function's author. */
        void refuse(String why);
    }

    private final Journal journal;
    private final RunSecrets secrets;
    private final int outputBytesMax;
    private final Consumer<RuntimeException> broken;
    private int open;

    /**
     * @param broken hears why the attempt cannot go on, where the journal cannot be written
     */
    JournalDesk(
            Journal journal,
            RunSecrets secrets,
            int outputBytesMax,
            Consumer<RuntimeException> broken) {
        this.journal = journal;
        this.secrets = secrets;
        this.outputBytesMax = outputBytesMax;
        this.broken = broken;
    }

    /**
     * Begins to answer. Returns at once.
     *
     * @throws ForgedFrameException more is asked at the same time than the bootstrap would ask
     */
    void take(Ask ask, Reply reply) throws ForgedFrameException {
        synchronized (this) {
            if (open == OPEN_MAX) {
                throw new ForgedFrameException("a flood of questions");
            }
            open++;
        }
        Thread.startVirtualThread(() -> answer(ask, reply));
    }

    private void answer(Ask ask, Reply reply) {
        byte[] answer;
        try {
            answer = answerTo(ask);
        } catch (KedgeException.Invalid
                | KedgeException.TooLarge
                | KedgeException.NotFound
                | KedgeException.Conflict refused) {
            done();
            reply.refuse(String.valueOf(refused.getMessage()));
            return;
        } catch (RuntimeException lost) {
            broken.accept(lost);
            return;
        }
        done();
        reply.answer(answer);
    }

    private synchronized void done() {
        open--;
    }

    private byte[] answerTo(Ask ask) {
        var head = ask.head();
        return switch (ask.verb()) {
            case PAGE -> JournalText.page(journal.after(head.path("after").asInt(0), PAGE_ENTRIES));
            case COMPLETE ->
                    position(
                            journal.complete(
                                    path(head), seen(head), tries(head), took(head), json(ask)));
            case FAIL ->
                    position(
                            journal.fail(
                                    path(head),
                                    seen(head),
                                    tries(head),
                                    took(head),
                                    failure(head.path("failure"))));
            case OPEN -> JournalText.wait(journal.open(path(head), seen(head), wait(ask)));
            case RESOLVE ->
                    journal.resolve(path(head))
                            .map(JournalText::entry)
                            .orElseGet(() -> Payload.NULL.bytes().clone());
            case EMIT -> position(journal.emit(path(head), seen(head), topic(head), json(ask)));
            case STATE -> {
                journal.state(
                        head.path("key").asString(""),
                        head.path("gone").asBoolean(false) ? null : json(ask));
                yield Payload.NULL.bytes().clone();
            }
            case SECRET -> SecretText.answer(secrets, head.path("name").asString(""));
        };
    }

    private static byte[] position(int position) {
        return "{\"position\":%d}".formatted(position).getBytes(StandardCharsets.UTF_8);
    }

    private Payload json(Ask ask) {
        return Replies.stored("value", ask.body().bytes(), outputBytesMax);
    }

    private static Path path(JsonNode head) {
        return new Path(head.path("path").asString(""));
    }

    private static int seen(JsonNode head) {
        return Math.max(0, head.path("seen").asInt(0));
    }

    private static int tries(JsonNode head) {
        return Math.max(1, head.path("tries").asInt(1));
    }

    private static Duration took(JsonNode head) {
        return Duration.ofMillis(Math.max(0, head.path("took").asLong(0)));
    }

    private static Topic topic(JsonNode head) {
        return new Topic(head.path("topic").asString(""));
    }

    private static Failure failure(JsonNode said) {
        return new Failure(
                Failure.Code.HANDLER_FAILED,
                text(said, "type"),
                said.path("message").asString(""),
                text(said, "stack"));
    }

    private Wait wait(Ask ask) {
        var head = ask.head();
        return switch (EntryKind.of(head.path("kind").asString(""))) {
            case SLEEP ->
                    head.has("until")
                            ? new Wait.Until(Instant.ofEpochMilli(head.path("until").asLong()))
                            : new Wait.For(Duration.ofMillis(head.path("ms").asLong()));
            case WAIT ->
                    new Wait.ForEvent(
                            topic(head),
                            ask.body().size() == 0 ? null : json(ask),
                            millis(head, "timeout"));
            case INVOKE -> new Wait.ForChild(child(ask));
            case STEP, EMIT -> throw new KedgeException.Invalid("kind", "is nothing to wait for");
        };
    }

    private NewRun child(Ask ask) {
        var head = ask.head();
        var run = NewRun.of(new JobName(head.path("job").asString("")), json(ask));
        var delay = millis(head, "delay");
        return new NewRun(
                run.job(),
                run.payload(),
                delay == null ? run.start() : new NewRun.Start.After(delay),
                number(head, "priority"),
                head.has("queue") ? new QueueName(head.path("queue").asString("")) : null,
                run.key(),
                run.onConflict(),
                run.expiresAt(),
                number(head, "maxAttempts"),
                millis(head, "timeout"),
                tags(head),
                run.metadata(),
                run.origin(),
                run.keys());
    }

    private static List<String> tags(JsonNode head) {
        var tags = new ArrayList<String>();
        for (var tag : head.path("tags")) {
            if (!tag.isString()) {
                throw new KedgeException.Invalid("tags", "texts, got " + tag);
            }
            tags.add(tag.stringValue());
        }
        return tags;
    }

    private static @Nullable Duration millis(JsonNode head, String field) {
        return head.path(field).isNumber() ? Duration.ofMillis(head.path(field).longValue()) : null;
    }

    private static @Nullable Integer number(JsonNode head, String field) {
        if (!head.has(field)) {
            return null;
        }
        if (!head.path(field).isIntegralNumber() || !head.path(field).canConvertToInt()) {
            throw new KedgeException.Invalid(field, "a whole number, got " + head.path(field));
        }
        return head.path(field).intValue();
    }

    private static @Nullable String text(JsonNode said, String field) {
        return said.path(field).isString() ? said.path(field).stringValue() : null;
    }
}
