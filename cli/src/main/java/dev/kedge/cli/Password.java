package dev.kedge.cli;

import java.io.Console;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** Passwords come in where no list of processes shows them. */
final class Password {

    private static final int BYTES_MAX = 4 << 10;

    private Password() {}

    /** Asks at a terminal, without showing what is typed; elsewhere reads a line. */
    static String ask(String what, InputStream in) {
        var console = Optional.ofNullable(System.console()).filter(Console::isTerminal);
        if (console.isPresent()) {
            var typed = console.get().readPassword("%s: ", what);
            if (typed == null) {
                throw CommandFailure.usage("a password is wanted");
            }
            return new String(typed);
        }
        try {
            var read = new String(in.readNBytes(BYTES_MAX), StandardCharsets.UTF_8);
            var line = read.lines().findFirst().orElse("");
            if (line.isEmpty()) {
                throw CommandFailure.usage("a password is wanted on standard input");
            }
            return line;
        } catch (IOException e) {
            throw CommandFailure.usage("cannot read standard input");
        }
    }
}
