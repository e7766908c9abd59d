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
 * @param prefix the command that takes on the account, before the command to run under it
 */
record Account(int uid, int gid, List<String> prefix) {

    private static final int ROOT = 0;
    private static final int NOBODY = 65_534;

    /** The account for a data folder: its owner's, so that an existing one stays readable. */
    static Account forServerIn(Path pgdata) throws IOException {
        var self = new UnixSystem();
        var uid = Math.toIntExact(self.getUid());
        var gid = Math.toIntExact(self.getGid());
        if (uid != ROOT) {
            return new Account(uid, gid, List.of());
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
                "PostgreSQL does not run as root, and no command here can start it as user %d; run as an ordinary user, or install setpriv (package util-linux)"
                        .formatted(uid));
    }

    private static List<List<String>> waysToBecome(int uid, int gid) {
        return List.of(
                List.of("setpriv", "--reuid=" + uid, "--regid=" + gid, "--clear-groups", "--"),
                List.of("runuser", "-u", "#" + uid, "--"),
                List.of("runuser", "-u", "nobody", "--"));
    }

    private static boolean becomes(List<String> prefix, int uid) {
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
