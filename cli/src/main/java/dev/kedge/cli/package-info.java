/**
 * Kedge in a terminal: each command parses its line, makes one call of the HTTP API, and prints
 * what came back.
 *
 * <p>With {@code --json} standard output carries exactly the JSON of the API and nothing else. What
 * a command ends with is in {@link dev.kedge.cli.ExitCode}. Nothing here reads files of the
 * installation or the environment: both come in as arguments.
 */
@NullMarked
package dev.kedge.cli;

import org.jspecify.annotations.NullMarked;
