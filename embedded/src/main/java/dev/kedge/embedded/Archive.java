package dev.kedge.embedded;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.JarURLConnection;
import java.net.URL;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import java.util.zip.CheckedInputStream;

/**
 * PostgreSQL's programs for one platform as they lie on the class path.
 *
 * <p>Ours is not packed: decoding takes a good part of a first start. The published binaries
 * artifacts bring xz, and that is read too.
 */
record Archive(URL place) {

    private static final int BUFFER_BYTES = 64 << 10;

    static Optional<Archive> of(String platform) {
        return Stream.of("tar", "txz")
                .map(kind -> Archive.class.getResource("/postgres-%s.%s".formatted(platform, kind)))
                .flatMap(Stream::ofNullable)
                .findFirst()
                .map(Archive::new);
    }

    /** The tar archive within. Reading on to the end checks that it is whole. */
    InputStream decoded() throws IOException {
        var encoded = place.openStream();
        return place.getPath().endsWith(".txz")
                ? Xz.decoded(encoded)
                : new BufferedInputStream(encoded, BUFFER_BYTES);
    }

    /** Tells contents apart. A jar knows it without our reading twenty megabytes. */
    String digest() throws IOException {
        if (place.openConnection() instanceof JarURLConnection jar) {
            var entry = jar.getJarEntry();
            if (entry.getCrc() >= 0 && entry.getSize() >= 0) {
                return "%08x-%d".formatted(entry.getCrc(), entry.getSize());
            }
        }
        try (var in = new CheckedInputStream(place.openStream(), new CRC32())) {
            var size = in.transferTo(OutputStream.nullOutputStream());
            return "%08x-%d".formatted(in.getChecksum().getValue(), size);
        }
    }
}
