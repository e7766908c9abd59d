package dev.kedge.cli;

import dev.kedge.api.Json;
import dev.kedge.api.JsonRefused;
import dev.kedge.api.RawJson;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/** Arguments that may stand for themselves, for a file ({@code @file}) or for standard input. */
final class Input {

    private static final int BYTES_MAX = 64 << 20;

    private Input() {}

    /** Reads {@code argument} as one JSON value. */
    static RawJson json(String option, String argument, InputStream in) {
        try {
            return Json.raw(bytes(option, argument, in));
        } catch (JsonRefused e) {
            throw CommandFailure.usage("%s: %s".formatted(option, e.detail()));
        }
    }

    /** Reads {@code argument} as a message of the API. */
    static <T> T message(String option, String argument, InputStream in, Class<T> type) {
        try {
            return Json.request(bytes(option, argument, in), type);
        } catch (JsonRefused e) {
            throw CommandFailure.usage("%s: %s".formatted(option, e.getMessage()));
        }
    }

    static byte[] file(String option, String name) {
        try (var in = Files.newInputStream(Path.of(name))) {
            return atMost(option, in);
        } catch (IOException | InvalidPathException e) {
            throw CommandFailure.usage("%s: cannot read '%s'".formatted(option, name));
        }
    }

    /**
     * Asks for a text without showing it where somebody types; else reads it, a line break less.
     */
    @SuppressWarnings("SystemConsoleNull") // It is null again since JDK 25, where nobody types.
    static String secret(String prompt, InputStream in) {
        var console = System.console();
        if (console != null && console.isTerminal()) {
            var typed = console.readPassword("%s: ", prompt);
            return typed == null ? "" : new String(typed);
        }
        var text = new String(bytes("standard input", "-", in), StandardCharsets.UTF_8);
        var end = text.endsWith("\n") ? text.length() - 1 : text.length();
        return text.substring(0, end > 0 && text.charAt(end - 1) == '\r' ? end - 1 : end);
    }

    private static byte[] bytes(String option, String argument, InputStream in) {
        if (argument.equals("-")) {
            try {
                return atMost(option, in);
            } catch (IOException e) {
                throw CommandFailure.usage(option + ": cannot read standard input");
            }
        }
        return argument.startsWith("@")
                ? file(option, argument.substring(1))
                : argument.getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] atMost(String option, InputStream in) throws IOException {
        var bytes = in.readNBytes(BYTES_MAX + 1);
        if (bytes.length > BYTES_MAX) {
            throw CommandFailure.usage(
                    "%s: more than %d MiB is never accepted".formatted(option, BYTES_MAX >> 20));
        }
        return bytes;
    }
}
