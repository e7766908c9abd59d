package dev.kedge.cli;

/** What a command ends with. These are an interface: added to, never changed. */
public final class ExitCode {

    /** Done; with {@code --wait}, the run completed. */
    public static final int DONE = 0;

    /** The run that was waited for failed or was cancelled. */
    public static final int RUN_FAILED = 1;

    /** The command line makes no sense. */
    public static final int USAGE = 2;

    /** The server understood and refused, or something here is not as it must be. */
    public static final int REFUSED = 3;

    public static final int NOT_FOUND = 4;

    /** It is there, but not in a state in which this can be done; or a key is taken. */
    public static final int CONFLICT = 5;

    /** No server answered, or one that could not do its work now. */
    public static final int UNREACHABLE = 6;

    /** A fault of this program. */
    public static final int FAULT = 70;

    /** Stopped by Ctrl-C, as shells have it. */
    public static final int INTERRUPTED = 130;

    private ExitCode() {}

    /** For the status of an answer that is a problem. */
    static int ofStatus(int status) {
        return switch (status) {
            case 404 -> NOT_FOUND;
            case 409 -> CONFLICT;
            default -> status >= 500 ? UNREACHABLE : REFUSED;
        };
    }
}
