package dev.kedge.cli;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which server, as whom, and where in it. The same options on every command. */
final class Target {

    private static final String URL_DEFAULT = "http://127.0.0.1:8080";

    @Option(
            names = "--url",
            paramLabel = "URL",
            description = "The server (KEDGE_URL; else the dev server of this folder).")
    @Nullable String url;

    @Option(
            names = "--api-key",
            paramLabel = "KEY",
            description = "Who asks (KEDGE_API_KEY; else the dev server's own).")
    @Nullable String apiKey;

    @Option(
            names = {"-n", "--namespace"},
            paramLabel = "NAME",
            description = "Where in it (KEDGE_NAMESPACE; else default).")
    @Nullable String namespace;

    Remote remote(Surroundings around) {
        var environment = around.environment();
        var givenUrl = url == null ? environment.get("KEDGE_URL") : url;
        var givenKey = apiKey == null ? environment.get("KEDGE_API_KEY") : apiKey;
        var givenNamespace = namespace == null ? environment.get("KEDGE_NAMESPACE") : namespace;
        if (givenUrl == null) {
            var dev = around.devServer().get();
            givenUrl = dev.map(DevServer::url).orElse(URL_DEFAULT);
            if (givenKey == null) {
                givenKey = dev.map(DevServer::apiKey).orElse(null);
            }
        }
        if (givenKey == null) {
            var address = Remote.address(givenUrl).toString();
            givenKey = Login.of(around).flatMap(login -> login.token(address)).orElse(null);
        }
        return new Remote(
                Remote.address(givenUrl),
                givenKey,
                givenNamespace == null ? "default" : givenNamespace);
    }
}
