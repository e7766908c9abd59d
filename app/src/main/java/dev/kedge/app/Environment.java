package dev.kedge.app;

import dev.kedge.model.KedgeException;
import dev.kedge.model.Nearest;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/** The variables that mean something to this program. */
final class Environment {

    static final List<String> NAMES =
            List.of(
                    "KEDGE_API_KEY",
                    "KEDGE_CORS_ORIGINS",
                    "KEDGE_DATA",
                    "KEDGE_DATABASE_PASSWORD",
                    "KEDGE_DATABASE_URL",
                    "KEDGE_DATABASE_USER",
                    "KEDGE_DENO",
                    "KEDGE_FUNCTION_ENV",
                    "KEDGE_HOST",
                    "KEDGE_INSECURE_HTTP",
                    "KEDGE_ISSUERS",
                    "KEDGE_JAVA_HOME",
                    "KEDGE_JAVA_OPTS",
                    "KEDGE_JOBS",
                    "KEDGE_LEASE",
                    "KEDGE_LOG_LEVEL",
                    "KEDGE_NAMESPACE",
                    "KEDGE_PORT",
                    "KEDGE_RATE_PER_ADDRESS",
                    "KEDGE_RATE_PER_PRINCIPAL",
                    "KEDGE_SECRETS_KEY",
                    "KEDGE_SECRETS_KEY_FILE",
                    "KEDGE_SERVER_KEY",
                    "KEDGE_SLOTS",
                    "KEDGE_TLS_CERT",
                    "KEDGE_TLS_KEY",
                    "KEDGE_TRUSTED_PROXIES",
                    "KEDGE_URL");

    private static final String PREFIX = "KEDGE_";

    private Environment() {}

    /**
     * What functions are shown: the variables that {@code KEDGE_FUNCTION_ENV} names, and nothing
     * else. Settings of the server itself cannot be named, for some of them are secret.
     */
    static Map<String, String> forFunctions(Map<String, String> environment) {
        var named = environment.getOrDefault("KEDGE_FUNCTION_ENV", "");
        var shown = new TreeMap<String, String>();
        for (var name : named.split("[,\\s]+", -1)) {
            if (name.isEmpty()) {
                continue;
            }
            if (!name.startsWith(PREFIX) || NAMES.contains(name)) {
                throw new KedgeException.Invalid(
                        "KEDGE_FUNCTION_ENV",
                        NAMES.contains(name)
                                ? name + " is a setting of the server and not for functions"
                                : "names begin with %s, got %s".formatted(PREFIX, name));
            }
            var value = environment.get(name);
            if (value == null) {
                throw new KedgeException.Invalid(
                        "KEDGE_FUNCTION_ENV", "there is no variable " + name);
            }
            shown.put(name, value);
        }
        return shown;
    }

    /**
     * Refuses a variable that starts like ours and is none: it is most likely misspelt, and a
     * setting that silently does not hold is worse than a server that does not start.
     */
    static void check(Map<String, String> environment) {
        var forFunctions = forFunctions(environment).keySet();
        for (var name : new TreeSet<>(environment.keySet())) {
            if (name.startsWith(PREFIX) && !NAMES.contains(name) && !forFunctions.contains(name)) {
                throw new KedgeException.Invalid(
                        name,
                        "there is no such setting; the nearest is " + Nearest.to(name, NAMES));
            }
        }
    }
}
