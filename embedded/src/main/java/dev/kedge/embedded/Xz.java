package dev.kedge.embedded;

import java.io.BufferedInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.apache.commons.compress.compressors.xz.XZCompressorInputStream;

/** Decodes xz. The system's own program takes half the time of Java's decoder, if it is there. */
final class Xz {

    private Xz() {}

    static InputStream decoded(InputStream encoded) throws IOException {
        Process xz;
        try {
            xz =
                    new ProcessBuilder("xz", "--decompress", "--stdout")
                            .redirectError(ProcessBuilder.Redirect.DISCARD)
                            .start();
        } catch (IOException e) {
            return new XZCompressorInputStream(new BufferedInputStream(encoded));
        }
        var feed =
                new FutureTask<Long>(() -> {
                    try (encoded;
                            var out = xz.getOutputStream()) {
                        return encoded.transferTo(out);
                    }
                });
        Thread.ofVirtual().name("kedge-unpack").start(feed);
        return new Decoded(xz, feed);
    }

    /** Ends with an error, not quietly, if the program did not get to a sound end. */
    private static final class Decoded extends FilterInputStream {

        private final Process xz;
        private final FutureTask<Long> feed;

        Decoded(Process xz, FutureTask<Long> feed) {
            super(xz.getInputStream());
            this.xz = xz;
            this.feed = feed;
        }

        @Override
        public int read() throws IOException {
            return checked(super.read());
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            return checked(super.read(bytes, offset, length));
        }

        private int checked(int read) throws IOException {
            if (read < 0) {
                try {
                    feed.get();
                    if (xz.waitFor() != 0) {
                        throw new IOException("the archive is damaged");
                    }
                } catch (ExecutionException e) {
                    throw new IOException("the archive cannot be read", e.getCause());
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    throw new IOException("unpacking was interrupted", e);
                }
            }
            return read;
        }

        @Override
        public void close() throws IOException {
            xz.destroy();
            super.close();
        }
    }
}
