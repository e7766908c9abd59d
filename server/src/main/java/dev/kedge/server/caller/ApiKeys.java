package dev.kedge.server.caller;

import dev.kedge.engine.Engine;
import dev.kedge.model.ApiKey;
import dev.kedge.model.NewApiKey;
import dev.kedge.model.PrincipalId;
import dev.kedge.model.Role;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Makes API keys. A secret is handed out when it is made, and never again. */
public final class ApiKeys {

    /** A key and its secret, which is to be shown now or never. */
    public record Made(ApiKey key, String secret) {

        /** Never the secret. */
        @Override
        public String toString() {
            return key.toString();
        }
    }

    /** Marks that the installation has got its first key. */
    private static final String FIRST = "first-key";

    /** The only key that installations had before there were others; a plain SHA-256 of it. */
    private static final String LEGACY = "admin-key";

    private static final String LEGACY_HINT = "kedge_";

    private static final NewApiKey ADMINISTRATOR =
            new NewApiKey(
                    "administrator",
                    Role.SERVICE.name(),
                    Set.of(),
                    List.of(),
                    new PrincipalId("service:installation"),
                    null);

    private final Engine engine;
    private final ServerKey serverKey;
    private final SecureRandom random;

    ApiKeys(Engine engine, ServerKey serverKey, SecureRandom random) {
        this.engine = engine;
        this.serverKey = serverKey;
        this.random = random;
    }

    public Made make(NewApiKey wanted) {
        var secret = Secret.KEY.make(random);
        var key =
                engine.directory().addKey(wanted, serverKey.hash(secret), Secret.KEY.hint(secret));
        return new Made(key, secret);
    }

    /**
     * The secret of the administrator's key, if this call made it: whichever server first starts on
     * a database does. An installation that has the one key of former versions goes on with that.
     */
    Optional<String> first() {
        if (engine.credential(FIRST).isPresent()) {
            return Optional.empty();
        }
        var legacy = engine.credential(LEGACY);
        if (legacy.isPresent()) {
            var hash = serverKey.hashOfDigest(HexFormat.of().parseHex(legacy.get()));
            engine.directory().addFirstKey(FIRST, ADMINISTRATOR, hash, LEGACY_HINT);
            return Optional.empty();
        }
        var secret = Secret.KEY.make(random);
        return engine.directory()
                        .addFirstKey(
                                FIRST,
                                ADMINISTRATOR,
                                serverKey.hash(secret),
                                Secret.KEY.hint(secret))
                ? Optional.of(secret)
                : Optional.empty();
    }
}
