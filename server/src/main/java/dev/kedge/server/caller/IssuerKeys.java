package dev.kedge.server.caller;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Where the keys of an issuer come from. */
@FunctionalInterface
interface IssuerKeys {

    /**
     * The keys by which a token could have been signed.
     *
     * @param kid which one the token says it was; null where it does not say
     */
    List<VerifyingKey> named(@Nullable String kid);

    /** One key that does not change. It is taken whatever name a token gives it. */
    static IssuerKeys only(VerifyingKey key) {
        return _ -> List.of(key);
    }
}
