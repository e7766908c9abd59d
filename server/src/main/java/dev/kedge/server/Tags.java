package dev.kedge.server;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The entity tags that a caller knows already. A tag is a digest of the answer's bytes. */
record Tags(Set<String> known) {

    private static final int TAG_BYTES = 16;
    private static final int TAGS_MAX = 20;

    /** Reads {@code If-None-Match}. */
    static Tags ofHeader(@Nullable String header) {
        if (header == null) {
            return new Tags(Set.of());
        }
        var tags = header.split(",", TAGS_MAX + 1);
        if (tags.length > TAGS_MAX) {
            throw Refused.header("If-None-Match", "at most %d tags".formatted(TAGS_MAX));
        }
        return new Tags(
                Arrays.stream(tags)
                        .map(String::strip)
                        .map(tag -> tag.startsWith("W/") ? tag.substring(2) : tag)
                        .collect(Collectors.toSet()));
    }

    static String of(byte[] answer) {
        try {
            var digest = MessageDigest.getInstance("SHA-256").digest(answer);
            return "\"" + HexFormat.of().formatHex(digest, 0, TAG_BYTES) + "\"";
        } catch (NoSuchAlgorithmException never) {
            throw new AssertionError("every JDK has SHA-256", never);
        }
    }

    boolean isEmpty() {
        return known.isEmpty();
    }

    boolean contains(byte[] answer) {
        return !known.isEmpty() && (known.contains("*") || known.contains(of(answer)));
    }
}
