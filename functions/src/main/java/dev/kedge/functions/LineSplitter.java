package dev.kedge.functions;

import dev.kedge.model.LogLine;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/** Makes lines of bytes, however they come. A line that never ends is cut where it is too long. */
final class LineSplitter {

    private final Consumer<String> lines;
    private final byte[] line = new byte[LogLine.MESSAGE_CHARS_MAX];
    private int length;

    LineSplitter(Consumer<String> lines) {
        this.lines = lines;
    }

    void take(byte[] buffer, int from, int to) {
        for (var at = from; at < to; at++) {
            if (buffer[at] == '\n' || length == line.length) {
                end();
            }
            if (buffer[at] != '\n') {
                line[length++] = buffer[at];
            }
        }
    }

    /** Hands on what there is, though no line break followed. */
    void flush() {
        if (length > 0) {
            end();
        }
    }

    private void end() {
        lines.accept(new String(line, 0, length, StandardCharsets.UTF_8));
        length = 0;
    }
}
