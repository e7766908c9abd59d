package dev.kedge.functions;

import dev.kedge.engine.Journal;
import dev.kedge.model.Entry;
import dev.kedge.model.OpenWait;
import dev.kedge.model.Payload;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/**
 * What is on record, in the words of the bootstrap: short lists instead of objects with names, and
 * outputs as the very bytes that were stored.
 */
final class JournalText {

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    private JournalText() {}

    /** All that a function must know before it replays; empty where there is nothing. */
    static byte[] past(
            Journal.Contents contents, List<Entry> firstPage, Map<String, Payload> state) {
        if (contents.entries() == 0 && contents.waits().isEmpty() && state.isEmpty()) {
            return new byte[0];
        }
        var text = new JournalText();
        text.add(
                "{\"entries\":%d,\"last\":%d,\"waits\":["
                        .formatted(contents.entries(), contents.lastPosition()));
        var separator = "";
        for (var wait : contents.waits()) {
            text.add(separator);
            text.addWait(wait);
            separator = ",";
        }
        text.add("],\"state\":{");
        separator = "";
        for (var value : state.entrySet()) {
            text.add(separator);
            text.addString(value.getKey());
            text.add(":");
            text.add(value.getValue());
            separator = ",";
        }
        text.add("},\"page\":");
        text.addPage(firstPage);
        text.add("}");
        return text.bytes.toByteArray();
    }

    static byte[] page(List<Entry> entries) {
        var text = new JournalText();
        text.addPage(entries);
        return text.bytes.toByteArray();
    }

    static byte[] entry(Entry entry) {
        var text = new JournalText();
        text.addEntry(entry);
        return text.bytes.toByteArray();
    }

    static byte[] wait(OpenWait wait) {
        return "{\"kind\":\"%s\",\"ready\":%s,\"wakeAt\":%s}"
                .formatted(wait.kind().word(), wait.ready(), wakeMillis(wait))
                .getBytes(StandardCharsets.UTF_8);
    }

    private void addPage(List<Entry> entries) {
        add("[");
        var separator = "";
        for (var entry : entries) {
            add(separator);
            addEntry(entry);
            separator = ",";
        }
        add("]");
    }

    /** [path, kind, position, seen, output, failure] */
    private void addEntry(Entry entry) {
        add("[");
        addString(entry.path().value());
        add(",\"%s\",%s,%d,".formatted(entry.kind().word(), entry.position(), entry.seen()));
        add(entry.output() == null ? Payload.NULL : entry.output());
        var failure = entry.failure();
        if (failure != null) {
            add(",");
            bytes.writeBytes(
                    Replies.JSON.writeValueAsBytes(
                            new Told(failure.type(), failure.message(), failure.stack())));
        }
        add("]");
    }

    /** A failure as the code is told of it. */
    private record Told(
            @org.jspecify.annotations.Nullable String type,
            String message,
            @org.jspecify.annotations.Nullable String stack) {}

    /** [path, kind, ready, seen, wakeAt] */
    private void addWait(OpenWait wait) {
        add("[");
        addString(wait.path().value());
        add(
                ",\"%s\",%s,%d,%s]"
                        .formatted(
                                wait.kind().word(), wait.ready(), wait.seen(), wakeMillis(wait)));
    }

    private static String wakeMillis(OpenWait wait) {
        return wait.wakeAt() == null ? "null" : Long.toString(wait.wakeAt().toEpochMilli());
    }

    private void addString(String value) {
        bytes.writeBytes(Replies.JSON.writeValueAsBytes(value));
    }

    private void add(Payload json) {
        bytes.writeBytes(json.bytes());
    }

    private void add(String text) {
        bytes.writeBytes(text.getBytes(StandardCharsets.UTF_8));
    }
}
