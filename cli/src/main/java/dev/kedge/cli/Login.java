package dev.kedge.cli;

import dev.kedge.api.Json;
import dev.kedge.api.JsonRefused;
import dev.kedge.api.RefreshBody;
import dev.kedge.api.SessionView;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * Where somebody has signed in: a file in the user's own folder that nobody else can read. There is
 * one server in it, the last.
 */
final class Login {

    /** Before its end a token is renewed rather than used. */
    private static final long MARGIN_SECONDS = 60;

    private static final String FILE = "kedge/login.json";

    /** As it stands in the file. */
    record Content(String url, String accessToken, Instant until, String refreshToken) {

        /** Never the tokens. */
        @Override
        public String toString() {
            return url;
        }
    }

    private final Path file;
    private final Surroundings around;

    private Login(Path file, Surroundings around) {
        this.file = file;
        this.around = around;
    }

    /** That of the user; none where the user has no folder. */
    static Optional<Login> of(Surroundings around) {
        return folder(around.environment()).map(folder -> new Login(folder.resolve(FILE), around));
    }

    private static Optional<Path> folder(Map<String, String> environment) {
        var config = environment.get("XDG_CONFIG_HOME");
        if (config != null && !config.isEmpty()) {
            return Optional.of(Path.of(config));
        }
        var home = environment.get("HOME");
        return home == null || home.isEmpty()
                ? Optional.empty()
                : Optional.of(Path.of(home, ".config"));
    }

    /** The token for the server at {@code url}, renewed where it is about to end. */
    Optional<String> token(String url) {
        var known = read().filter(content -> content.url().equals(url));
        if (known.isEmpty()) {
            return Optional.empty();
        }
        var content = known.get();
        if (around.clock().instant().plusSeconds(MARGIN_SECONDS).isBefore(content.until())) {
            return Optional.of(content.accessToken());
        }
        try (var remote = new Remote(Remote.address(url), null, "default")) {
            var session =
                    Remote.read(
                            remote.post(
                                    "/v1/session/refresh", new RefreshBody(content.refreshToken())),
                            SessionView.class);
            keep(url, session);
            return Optional.of(session.accessToken());
        } catch (CommandFailure over) {
            return Optional.empty(); // Then the server says what is wanted.
        }
    }

    void keep(String url, SessionView session) {
        var content =
                new Content(
                        url,
                        session.accessToken(),
                        around.clock().instant().plusSeconds(session.expiresInSeconds()),
                        session.refreshToken());
        try {
            var folder = Objects.requireNonNull(file.getParent());
            Files.createDirectories(folder);
            var next =
                    Files.createTempFile(
                            folder,
                            "login",
                            ".next",
                            PosixFilePermissions.asFileAttribute(
                                    PosixFilePermissions.fromString("rw-------")));
            Files.write(next, Json.write(content));
            Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw CommandFailure.refused("cannot write to %s: %s".formatted(file, e.getMessage()));
        }
    }

    /** Forgets the server at {@code url}. */
    void forget(String url) {
        if (read().filter(content -> content.url().equals(url)).isPresent()) {
            try {
                Files.deleteIfExists(file);
            } catch (IOException e) {
                throw CommandFailure.refused("cannot remove " + file);
            }
        }
    }

    private Optional<Content> read() {
        try {
            return Optional.of(Json.answer(Files.readAllBytes(file), Content.class));
        } catch (IOException | JsonRefused none) {
            return Optional.empty(); // Not signed in, or with another version.
        }
    }
}
