package dev.kedge.model;

import org.jspecify.annotations.Nullable;

/**
 * The name of an operation within its run: stable from attempt to attempt, and unique. {@code
 * charge}, or {@code charge[7]} where a key tells the turns of a loop apart.
 */
public record Path(String value) {

    public static final int CHARS_MAX = 256;

    public Path {
        Texts.check("name", value, CHARS_MAX);
    }

    public static Path of(String name, @Nullable String key) {
        return new Path(key == null ? name : "%s[%s]".formatted(name, key));
    }

    @Override
    public String toString() {
        return value;
    }
}
