package dev.kedge.embedded;

import com.sun.security.auth.module.UnixSystem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Where unpacked programs live between starts: every account may read it, we alone write it. */
final class Cache {

    private Cache() {}

    /** The first usable place. Root's own home will not do: the server's account cannot enter. */
    static Path folder() {
        var uid = new UnixSystem().getUid();
        var refusals = new ArrayList<String>();
        for (var place : places(uid)) {
            var refusal = refusal(place, uid);
            if (refusal == null) {
                return place;
            }
            refusals.add(refusal);
        }
        throw new EmbeddedException(
                "there is no place to unpack PostgreSQL; make one of these usable: "
                        + String.join(", ", refusals));
    }

    private static List<Path> places(long uid) {
        var places = new ArrayList<Path>();
        if (uid == 0) {
            places.add(Path.of("/var/cache/kedge"));
        } else {
            var given = System.getenv("XDG_CACHE_HOME");
            places.add(
                    given == null || given.isBlank()
                            ? Path.of(System.getProperty("user.home", "/"), ".cache", "kedge")
                            : Path.of(given, "kedge"));
        }
        places.add(Path.of("/tmp/kedge-cache-" + uid));
        return places;
    }

    private static @Nullable String refusal(Path place, long uid) {
        try {
            if (!Files.isDirectory(place, LinkOption.NOFOLLOW_LINKS)) {
                Files.createDirectories(place.resolveSibling("."));
                Files.createDirectory(place);
                Files.setPosixFilePermissions(place, Folders.READABLE_BY_ALL);
            }
            // What lies there is run: nobody else may have put it there.
            return Folders.owner(place) == uid ? null : place + " (belongs to another user)";
        } catch (IOException e) {
            return "%s (%s)".formatted(place, e);
        }
    }
}
