package dev.kedge.cli;

import dev.kedge.api.Problem;
import dev.kedge.cli.terminal.Texts;
import org.jspecify.annotations.Nullable;

/** Ends a command with a code, and a line or two for people. */
public final class CommandFailure extends RuntimeException {

    private final int exitCode;
    private final transient byte @Nullable [] json;

    private CommandFailure(int exitCode, String message, byte @Nullable [] json) {
        super(message);
        this.exitCode = exitCode;
        this.json = json;
    }

    public static CommandFailure usage(String message) {
        return new CommandFailure(ExitCode.USAGE, message, null);
    }

    public static CommandFailure refused(String message) {
        return new CommandFailure(ExitCode.REFUSED, message, null);
    }

    static CommandFailure unreachable(String message) {
        return new CommandFailure(ExitCode.UNREACHABLE, message, null);
    }

    /** What the server said, with the fields at fault. */
    static CommandFailure of(Problem problem, byte[] json) {
        var message = new StringBuilder(Texts.line(problem.detail()));
        if (problem.errors() != null) {
            for (var error : problem.errors()) {
                if (!problem.detail().contains(error.detail())) {
                    message.append(System.lineSeparator())
                            .append("  ")
                            .append(Texts.line(error.pointer()))
                            .append(": ")
                            .append(Texts.line(error.detail()));
                } else if (!error.pointer().isEmpty()
                        && !problem.detail().contains(error.pointer())) {
                    message.append(" (at ").append(Texts.line(error.pointer())).append(')');
                }
            }
        }
        if (problem.runId() != null && !problem.detail().contains(problem.runId())) {
            message.append(System.lineSeparator()).append("  run ").append(problem.runId());
        }
        return new CommandFailure(ExitCode.ofStatus(problem.status()), message.toString(), json);
    }

    public int exitCode() {
        return exitCode;
    }

    /** The problem as the API told it, where it did. */
    public byte @Nullable [] json() {
        return json;
    }

    public String text() {
        return String.valueOf(getMessage());
    }
}
