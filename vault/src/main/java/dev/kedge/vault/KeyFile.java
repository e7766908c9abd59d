package dev.kedge.vault;

import dev.kedge.model.KedgeException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Set;

/**
 * A keyring in a file that nobody but its owner can read, and not even that one can write: see
 * {@link LocalKeys} for what stands in it. It is read again when a key is missing and before one is
 * used anew, so that a key which somebody adds is known without a restart.
 *
 * <p>A file of our own making is replaced as a whole, and is on disk before the new key wraps
 * anything: no crash leaves behind what no key opens.
 */
public final class KeyFile implements Keyring {

    private static final Set<PosixFilePermission> MODE = EnumSet.of(PosixFilePermission.OWNER_READ);
    private static final int BYTES_MAX = 4_096;

    private final Path file;
    private final boolean ours;
    private volatile LocalKeys keys;

    private KeyFile(Path file, boolean ours) {
        this.file = file;
        this.ours = ours;
        this.keys = read();
    }

    /**
     * A file that an operator looks after.
     *
     * @throws KedgeException.Invalid it is not there, others may read it, or it holds no keys
     */
    public static KeyFile at(Path file) {
        return new KeyFile(file, false);
    }

    /** A file that this looks after, made with a new key where it is missing. */
    public static KeyFile madeAt(Path file) {
        if (Files.notExists(file)) {
            var key = LocalKeys.makeText();
            write(file, key);
            Arrays.fill(key, (byte) 0);
        }
        return new KeyFile(file, true);
    }

    @Override
    public String current() {
        return keys.current();
    }

    @Override
    public Wrapped wrap(byte[] key, byte[] context) {
        reload(); // Seldom done, and never with a key that somebody is about to take out.
        return keys.wrap(key, context);
    }

    @Override
    public byte[] unwrap(Wrapped key, byte[] context) {
        if (!keys.has(key.wrappedBy())) {
            reload();
        }
        return keys.unwrap(key, context);
    }

    @Override
    public synchronized void reload() {
        try {
            keys = read();
        } catch (KedgeException | UncheckedIOException unreadable) {
            throw new VaultException(
                    "the keys cannot be read: " + unreadable.getMessage(), unreadable);
        }
    }

    @Override
    public synchronized boolean renew() {
        if (!ours) {
            return false;
        }
        replace(true, LocalKeys.KEYS_MAX - 1);
        return true;
    }

    @Override
    public synchronized void forgetOthers() {
        if (ours) {
            replace(false, 1);
        }
    }

    /** Writes a new key first, if so asked, and of those that are there the first {@code kept}. */
    private void replace(boolean withNew, int kept) {
        var old = bytes();
        var next = new ByteArrayOutputStream();
        if (withNew) {
            var key = LocalKeys.makeText();
            next.writeBytes(key);
            next.write('\n');
            Arrays.fill(key, (byte) 0);
        }
        var lines = 0;
        for (var at = 0; at < old.length && lines < kept; at++) {
            next.write(old[at]);
            lines += old[at] == '\n' ? 1 : 0;
        }
        write(file, next.toByteArray());
        Arrays.fill(old, (byte) 0);
        keys = read();
    }

    private static void write(Path file, byte[] lines) {
        var next = file.resolveSibling(file.getFileName() + ".next");
        try {
            Files.deleteIfExists(next);
            Files.createFile(
                    next,
                    PosixFilePermissions.asFileAttribute(
                            Set.of(
                                    PosixFilePermission.OWNER_READ,
                                    PosixFilePermission.OWNER_WRITE)));
            try (var channel = FileChannel.open(next, StandardOpenOption.WRITE)) {
                var text = java.nio.ByteBuffer.wrap(withLineBreak(lines));
                while (text.hasRemaining()) {
                    channel.write(text);
                }
                channel.force(true);
            }
            Files.setPosixFilePermissions(next, MODE);
            Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
            try (var folder = FileChannel.open(file.toAbsolutePath().getParent())) {
                folder.force(true);
            }
        } catch (IOException failed) {
            throw new UncheckedIOException("cannot write the keys to " + file, failed);
        }
    }

    private static byte[] withLineBreak(byte[] lines) {
        if (lines.length > 0 && lines[lines.length - 1] == '\n') {
            return lines;
        }
        var whole = Arrays.copyOf(lines, lines.length + 1);
        whole[lines.length] = '\n';
        return whole;
    }

    private LocalKeys read() {
        var text = bytes();
        try {
            return LocalKeys.parse(file.toString(), text);
        } finally {
            Arrays.fill(text, (byte) 0);
        }
    }

    private byte[] bytes() {
        try {
            var mode = Files.getPosixFilePermissions(file);
            if (!mode.equals(MODE)) {
                throw new KedgeException.Invalid(
                        file.toString(),
                        "has the mode %s and must have %s, for its owner's eyes only: chmod 400 %s"
                                .formatted(
                                        PosixFilePermissions.toString(mode),
                                        PosixFilePermissions.toString(MODE),
                                        file));
            }
            if (Files.size(file) > BYTES_MAX) {
                throw new KedgeException.Invalid(file.toString(), "is too large for a few keys");
            }
            return Files.readAllBytes(file);
        } catch (NoSuchFileException missing) {
            throw new KedgeException.Invalid(file.toString(), "there is no such file");
        } catch (IOException failed) {
            throw new UncheckedIOException("cannot read the keys in " + file, failed);
        }
    }

    /** Where the keys are, never the keys. */
    @Override
    public String toString() {
        return "%s: %s".formatted(file, keys);
    }
}
