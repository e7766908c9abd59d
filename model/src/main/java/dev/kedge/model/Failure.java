package dev.kedge.model;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Why an attempt or a run failed, in words that are kept for people.
 *
 * @param code what kind of failure it is; stable, see {@link Code}
 * @param type the name of the thrown type, where something was thrown
 * @param message what went wrong, at most {@link #MESSAGE_CHARS_MAX} characters
 * @param stack where it went wrong, in the user's own lines, at most {@link #STACK_CHARS_MAX}
 */
public record Failure(Code code, @Nullable String type, String message, @Nullable String stack) {

    public static final int MESSAGE_CHARS_MAX = 8_192;
    public static final int STACK_CHARS_MAX = 32_768;
    private static final int TYPE_CHARS_MAX = 256;

    /** The kinds of failure. The words are stored and sent: add, never rename. */
    public enum Code {
        /** The handler threw or returned an error. */
        HANDLER_FAILED,
        /** The attempt took longer than the job's timeout. */
        TIMEOUT,
        /** The handler reported no progress for longer than the job's progress timeout. */
        PROGRESS_TIMEOUT,
        /** The handler needed more memory than it may have. */
        OUT_OF_MEMORY,
        /** The handler's process ended without giving an answer. */
        PROCESS_EXITED,
        /** The handler's answer was no JSON, too large, or could not be written as JSON. */
        BAD_RESULT,
        /** The code no longer fits what the run has done already. */
        REPLAY_DIVERGED,
        /** A child run that was waited for failed or was cancelled. */
        CHILD_FAILED,
        /** The code could not be loaded. */
        BAD_CODE,
        /** No handler is known for the job by the worker that claimed it. */
        NO_HANDLER,
        /** The worker died, and the job's policy is to fail then. */
        WORKER_LOST,
        /** The run was lost with its worker too many times and is kept apart. */
        WORKER_LOST_LIMIT,
        /** The run was not started before it expired. */
        EXPIRED;

        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }

        public static Code of(String word) {
            return valueOf(word.toUpperCase(Locale.ROOT));
        }
    }

    public Failure {
        message = Texts.kept(message, MESSAGE_CHARS_MAX);
        type = type == null ? null : Texts.kept(type, TYPE_CHARS_MAX);
        stack = stack == null ? null : Texts.kept(stack, STACK_CHARS_MAX);
    }

    public static Failure of(Code code, String message) {
        return new Failure(code, null, message, null);
    }
}
