package dev.kedge.server.caller;

import dev.kedge.engine.Engine;
import java.security.SecureRandom;
import java.time.InstantSource;

/** The callers of a test's server, whose passwords cost next to nothing to hash. */
public final class TestCallers {

    static final Passwords.Cost CHEAP = new Passwords.Cost(64, 1, 1);

    private TestCallers() {}

    public static Callers of(
            Engine engine, ServerKey serverKey, Issuers issuers, SignedRunTokens runTokens) {
        var random = new SecureRandom();
        return new Callers(
                engine,
                serverKey,
                new Passwords(CHEAP, random),
                new ForeignTokens(issuers, InstantSource.system()),
                runTokens,
                random,
                System::nanoTime);
    }
}
