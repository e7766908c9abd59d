package dev.kedge.model;

import org.jspecify.annotations.Nullable;

/**
 * How far a handler says it has come. Every part may be missing.
 *
 * @param percent 0 to 100
 * @param processed of {@code total} items
 * @param message one line for people
 * @param data a JSON value of the handler's own
 */
public record Progress(
        @Nullable Double percent,
        @Nullable Long processed,
        @Nullable Long total,
        @Nullable String message,
        @Nullable Payload data) {

    public static final int MESSAGE_CHARS_MAX = 500;
    public static final int DATA_BYTES_MAX = 16 << 10;

    public Progress {
        if (percent != null) {
            percent = percent.isNaN() ? null : (Double) Math.clamp(percent, 0.0, 100.0);
        }
        if (message != null) {
            message = Texts.head(message.replace("\0", ""), MESSAGE_CHARS_MAX);
        }
        if (data != null) {
            data.atMost(DATA_BYTES_MAX, "progress.data");
        }
    }

    public static Progress percent(double percent, @Nullable String message) {
        return new Progress(percent, null, null, message, null);
    }

    /** {@code processed} of {@code total}, and the percentage that makes. */
    public static Progress of(long processed, long total, @Nullable String message) {
        var percent = total <= 0 ? null : (Double) (100.0 * processed / total);
        return new Progress(percent, processed, total, message, null);
    }
}
