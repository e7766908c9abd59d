package dev.kedge.cli;

import dev.kedge.cli.terminal.Terminal;
import java.io.InputStream;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * All that a command knows of the world besides its arguments.
 *
 * @param environment the variables
 * @param devServer looks for a development server of this folder; asked only where no URL was given
 * @param clock tells how long ago something was
 */
public record Surroundings(
        Terminal terminal,
        InputStream in,
        Map<String, String> environment,
        Supplier<Optional<DevServer>> devServer,
        InstantSource clock) {}
