package dev.kedge.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Reads server-sent events, as the HTML standard defines them, as far as Kedge sends them. */
final class EventStream implements AutoCloseable {

    /**
     * @param type {@code message} where the server names none
     */
    record Event(String type, String data) {}

    private final BufferedReader lines;

    EventStream(InputStream in) {
        lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
    }

    /** The next event; null at the end of the stream. Comments are passed over. */
    @Nullable Event next() throws IOException {
        var type = "message";
        var data = new StringBuilder();
        var line = lines.readLine();
        for (; line != null; line = lines.readLine()) {
            if (line.isEmpty()) {
                if (!data.isEmpty()) {
                    var text = data.substring(0, data.length() - 1);
                    return new Event(type, text);
                }
                type = "message";
            } else if (line.startsWith("data:")) {
                data.append(value(line)).append('\n');
            } else if (line.startsWith("event:")) {
                type = value(line);
            }
        }
        return null;
    }

    @Override
    public void close() throws IOException {
        lines.close();
    }

    private static String value(String line) {
        var value = line.substring(line.indexOf(':') + 1);
        return value.startsWith(" ") ? value.substring(1) : value;
    }
}
