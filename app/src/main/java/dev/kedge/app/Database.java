package dev.kedge.app;

import dev.kedge.model.KedgeException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import org.jspecify.annotations.Nullable;

/** Where the runs are kept. */
sealed interface Database {

    /** In a PostgreSQL of our own, below this folder. */
    record Embedded(Path folder) implements Database {}

    /** In one that somebody else looks after. */
    record External(String jdbcUrl, String user, String password) implements Database {

        /** Never the password. */
        @Override
        public String toString() {
            return "%s as %s".formatted(jdbcUrl, user);
        }
    }

    /**
     * Reads an address as {@code postgres://user:password@host:port/name?…}, {@code postgresql://…}
     * or {@code jdbc:postgresql://…?user=…&password=…}.
     *
     * @param user counts where the address names none
     * @param password likewise
     */
    static External at(String address, @Nullable String user, @Nullable String password) {
        var text = address.startsWith("jdbc:") ? address.substring("jdbc:".length()) : address;
        try {
            var uri = new URI(text);
            var scheme = uri.getScheme();
            if (uri.getRawAuthority() == null
                    || !("postgres".equals(scheme) || "postgresql".equals(scheme))) {
                throw wanted();
            }
            return external(uri, user, password);
        } catch (URISyntaxException e) {
            throw wanted(); // Without the cause: its message repeats the address, and the password.
        }
    }

    private static External external(URI uri, @Nullable String user, @Nullable String password) {
        var authority = uri.getRawAuthority();
        var at = authority.lastIndexOf('@');
        var login = at < 0 ? "" : authority.substring(0, at);
        var colon = login.indexOf(':');
        var foundUser = decoded(colon < 0 ? login : login.substring(0, colon));
        var foundPassword = colon < 0 ? "" : decoded(login.substring(colon + 1));
        var others = new ArrayList<String>();
        var query = uri.getRawQuery();
        for (var part : query == null ? new String[0] : query.split("&")) {
            if (part.startsWith("user=")) {
                foundUser = decoded(part.substring("user=".length()));
            } else if (part.startsWith("password=")) {
                foundPassword = decoded(part.substring("password=".length()));
            } else {
                others.add(part);
            }
        }
        var jdbcUrl =
                "jdbc:postgresql://%s%s%s"
                        .formatted(
                                authority.substring(at + 1),
                                uri.getRawPath(),
                                others.isEmpty() ? "" : "?" + String.join("&", others));
        return new External(
                jdbcUrl,
                foundUser.isEmpty() ? orEmpty(user) : foundUser,
                foundPassword.isEmpty() ? orEmpty(password) : foundPassword);
    }

    private static String decoded(String text) {
        // In this part of an address a plus is a plus.
        return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
    }

    private static String orEmpty(@Nullable String text) {
        return text == null ? "" : text;
    }

    private static KedgeException.Invalid wanted() {
        return new KedgeException.Invalid(
                "database-url", "is written like postgres://user:password@host:5432/name");
    }
}
