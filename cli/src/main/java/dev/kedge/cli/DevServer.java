package dev.kedge.cli;

import java.nio.file.Path;

/**
 * A development server as it describes itself in its data folder, for its owner's eyes only.
 *
 * @param folder the data folder
 */
public record DevServer(Path folder, String url, String apiKey, long pid) {

    public static final String FOLDER = ".kedge";
    public static final String FILE = "server.json";
}
