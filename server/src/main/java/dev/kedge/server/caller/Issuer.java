package dev.kedge.server.caller;

import com.nimbusds.jose.JWSAlgorithm;
import dev.kedge.model.Namespace;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Somebody whose tokens are taken here, as an operator configured it. What a token says of itself
 * decides nothing: the algorithm, the keys and the claims that must be there stand here.
 *
 * @param name as which it appears in the ids of its principals
 * @param issuer what the claim {@code iss} must be
 * @param audiences one of which {@code aud} must name
 * @param required of {@code exp iat iss aud typ}, those that must be there
 * @param types what the header {@code typ} may be, in lower case
 * @param lifetimeMax between the issue of a token and its end
 * @param claims under which names tokens say what is wanted to be known
 * @param roles from the issuer's roles to those here; where empty, the names are the same
 * @param role of whom the token ascribes none that is known
 * @param namespaces the only ones its tokens reach; where no claim names any, all of these
 */
record Issuer(
        String name,
        String issuer,
        List<String> audiences,
        JWSAlgorithm algorithm,
        IssuerKeys keys,
        Set<String> required,
        Set<String> types,
        Duration lifetimeMax,
        Claims claims,
        Map<String, String> roles,
        String role,
        List<Namespace> namespaces) {

    static final Duration LIFETIME_MAX = Duration.ofHours(24);
    static final Set<String> STRICT = Set.of("exp", "iat", "iss", "aud", "typ");
    static final Set<String> TYPES = Set.of("jwt", "at+jwt");

    /**
     * Names of claims.
     *
     * @param namespace null where tokens name none
     */
    record Claims(String subject, String role, String email, @Nullable String namespace) {
        static final Claims USUAL = new Claims("sub", "role", "email", null);
    }
}
