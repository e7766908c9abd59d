package dev.kedge.embedded;

import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * What to start, and where.
 *
 * @param dataFolder holds everything of this server; created if missing
 * @param port the loopback port, or {@link #ANY_PORT}
 * @param settings further settings of PostgreSQL; they win over ours, but durability is not theirs
 *     to take away
 * @param durability what a crash may cost
 */
public record EmbeddedConfig(
        Path dataFolder, int port, Map<String, String> settings, Durability durability) {

    /** Let the system choose a free port. */
    public static final int ANY_PORT = 0;

    private static final int PORT_MAX = 65_535;

    /** Where the server is and who gets in; the rest of this module relies on them. */
    private static final Set<String> OURS =
            Set.of(
                    "config_file",
                    "data_directory",
                    "hba_file",
                    "listen_addresses",
                    "port",
                    "unix_socket_directories",
                    "unix_socket_permissions");

    public EmbeddedConfig {
        if (port < ANY_PORT || port > PORT_MAX) {
            throw new IllegalArgumentException(
                    "port: between 1 and %d, or 0 for any, got %d".formatted(PORT_MAX, port));
        }
        settings = Map.copyOf(settings);
        settings.keySet().forEach(EmbeddedConfig::checkName);
    }

    /** A durable server on {@code folder}, at any free port. */
    public static EmbeddedConfig in(Path folder) {
        return new EmbeddedConfig(folder, ANY_PORT, Map.of(), Durability.DURABLE);
    }

    /** A server for tests, whose data is gone when it closes. */
    public static EmbeddedConfig throwAway(Path folder) {
        return new EmbeddedConfig(folder, ANY_PORT, Map.of(), Durability.THROW_AWAY);
    }

    public EmbeddedConfig withPort(int port) {
        return new EmbeddedConfig(dataFolder, port, settings, durability);
    }

    public EmbeddedConfig withSettings(Map<String, String> settings) {
        return new EmbeddedConfig(dataFolder, port, settings, durability);
    }

    private static void checkName(String name) {
        if (OURS.contains(name.toLowerCase(Locale.ROOT))) {
            throw new IllegalArgumentException(
                    "settings: %s is not for settings to change".formatted(name));
        }
        if (!name.matches("[A-Za-z_][A-Za-z0-9_.]*")) {
            throw new IllegalArgumentException(
                    "settings: no setting is called '%s'".formatted(name));
        }
    }
}
