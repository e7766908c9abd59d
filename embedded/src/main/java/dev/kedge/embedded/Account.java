package dev.kedge.embedded;

import com.sun.security.auth.module.UnixSystem;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The account under which the server runs.
 *
 * <p>PostgreSQL refuses to run as root. A process of root starts it under another user id, which
 * needs no entry in the list of accounts.
 *
 * @param prefix the command that takes on the account and then becomes the command after it, so
 *     that the process we started is the server itself
 */
record Account(int uid, int gid, List<String> prefix) {

    private static final int ROOT = 0;
    private static final int NOBODY = 65_534;

    /** This process's own account, or for root the one that owns {@code pgdata} or shall own it. */
    static Account forServerOn(Path pgdata) throws IOException {
        var self = new UnixSystem();
        if (self.getUid() != ROOT) {
            return new Account(
                    Math.toIntExact(self.getUid()), Math.toIntExact(self.getGid()), List.of());
        }
        if (Files.isDirectory(pgdata) && Folders.owner(pgdata) != ROOT) {
            return other(Folders.owner(pgdata), Folders.group(pgdata));
        }
        return other(NOBODY, NOBODY);
    }

    private static Account other(int uid, int gid) {
        for (var prefix : waysToBecome(uid, gid)) {
            if (becomes(prefix, uid)) {
                return new Account(uid, gid, prefix);
            }
        }
        throw new EmbeddedException(
                ("PostgreSQL does not run as root, and neither setpriv nor chroot can start it"
                                + " here as user %d; run as an ordinary user")
                        .formatted(uid));
    }

    static List<List<String>> waysToBecome(int uid, int gid) {
        return List.of(
                List.of("setpriv", "--reuid=" + uid, "--regid=" + gid, "--clear-groups", "--"),
                List.of(
                        "chroot",
                        "--userspec=%d:%d".formatted(uid, gid),
                        "--groups=",
                        "--skip-chdir",
                        "/"));
    }

    static boolean becomes(List<String> prefix, int uid) {
        var command = new ArrayList<>(prefix);
        command.addAll(List.of("id", "-u"));
        try {
            var id = new ProcessBuilder(command).redirectErrorStream(true).start();
            id.getOutputStream().close();
            var said = new String(id.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return said.strip().equals(Integer.toString(uid));
        } catch (IOException e) {
            return false; // There is no such command here.
        }
    }

    /** Whether the server runs under an account that is not this process's. */
    boolean isAnother() {
        return !prefix.isEmpty();
    }

    void own(Path path) throws IOException {
        if (isAnother()) {
            Files.setAttribute(path, "unix:uid", uid);
            Files.setAttribute(path, "unix:gid", gid);
        }
    }

    List<String> command(List<String> program) {
        var command = new ArrayList<>(prefix);
        command.addAll(program);
        return List.copyOf(command);
    }
}
