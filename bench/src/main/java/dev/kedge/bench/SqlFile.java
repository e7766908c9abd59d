package dev.kedge.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** A statement from a file beside this class. */
final class SqlFile {

    private SqlFile() {}

    static String load(String name) {
        return load(SqlFile.class, name);
    }

    /** The same from a file beside another class. */
    static String load(Class<?> neighbor, String name) {
        try (var file = neighbor.getResourceAsStream(name + ".sql")) {
            if (file == null) {
                throw new IllegalArgumentException("there is no " + name + ".sql");
            }
            return new String(file.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException unreadable) {
            throw new IllegalStateException(name + ".sql cannot be read", unreadable);
        }
    }
}
