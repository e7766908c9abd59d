package dev.kedge.server.caller;

import dev.kedge.api.Json;
import dev.kedge.api.JsonRefused;
import dev.kedge.model.Email;
import dev.kedge.model.KedgeException;
import dev.kedge.model.Namespace;
import dev.kedge.model.PrincipalId;
import dev.kedge.model.Role;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Verifies the tokens of other issuers (JWT, RFC 7519, by the advice of RFC 8725).
 *
 * <p>The signature comes first, under the keys and the one algorithm of an issuer's record; only
 * then is anything believed that the token says. Why one was refused is told to nobody.
 */
final class ForeignTokens {

    /** What a clock may be wrong by. */
    static final Duration SKEW_MAX = Duration.ofSeconds(60);

    private static final int PARTS = 3;
    private static final int KID_CHARS_MAX = 128;
    private static final int CLAIM_CHARS_MAX = 255;
    private static final int LISTED_MAX = 100;

    /** They would have a key or a rule of the token's own choice be used. */
    private static final Set<String> NEVER_IN_HEADERS =
            Set.of("jku", "jwk", "x5u", "x5c", "crit", "b64", "zip", "enc");

    private static final Pattern BASE64URL = Pattern.compile("[A-Za-z0-9_-]*");

    /**
     * What a token says whose signature holds and whose claims are in order.
     *
     * @param roles by name, the first that exists here counts
     * @param everywhere whether it is one of a service
     * @param token its id; empty where it has none
     */
    record Verified(
            PrincipalId id,
            @Nullable String email,
            List<String> roles,
            boolean everywhere,
            List<Namespace> namespaces,
            String token,
            Instant issuedAt) {}

    /** Says no more than that a token is not taken. */
    private static final class NotTaken extends Exception {
        NotTaken() {
            super(null, null, false, false);
        }
    }

    private final Issuers issuers;
    private final InstantSource clock;

    ForeignTokens(Issuers issuers, InstantSource clock) {
        this.issuers = issuers;
        this.clock = clock;
    }

    /** Whether it is worth a closer look. */
    static boolean looksLikeOne(String credential) {
        return credential.chars().filter(c -> c == '.').count() == PARTS - 1;
    }

    Optional<Verified> verify(String token) {
        try {
            var parts = token.split("\\.", -1);
            if (parts.length != PARTS) {
                throw new NotTaken();
            }
            var header = object(parts[0]);
            var issuer = signer(header, token, decoded(parts[2]));
            return Optional.of(read(issuer, header, object(parts[1])));
        } catch (NotTaken notTaken) {
            return Optional.empty();
        }
    }

    private Issuer signer(Map<?, ?> header, String token, byte[] signature) throws NotTaken {
        for (var name : NEVER_IN_HEADERS) {
            if (header.containsKey(name)) {
                throw new NotTaken();
            }
        }
        var kid = text(header.get("kid"), KID_CHARS_MAX);
        var algorithm = text(header.get("alg"), CLAIM_CHARS_MAX);
        var signed = token.substring(0, token.lastIndexOf('.')).getBytes(StandardCharsets.US_ASCII);
        for (var issuer : issuers.all()) {
            // The token's word on it is compared, never followed.
            if (issuer.algorithm().getName().equals(algorithm)) {
                for (var key : issuer.keys().named(kid)) {
                    if (key.algorithm().equals(issuer.algorithm())
                            && key.signed(signed, signature)) {
                        return issuer;
                    }
                }
            }
        }
        throw new NotTaken();
    }

    private Verified read(Issuer issuer, Map<?, ?> header, Map<?, ?> claims) throws NotTaken {
        checkType(issuer, header);
        checkIssuer(issuer, claims);
        checkAudience(issuer, claims);
        var issuedAt = checkTimes(issuer, claims);
        var subject = text(claims.get(issuer.claims().subject()), CLAIM_CHARS_MAX);
        if (subject == null || subject.isEmpty()) {
            throw new NotTaken();
        }
        var token = text(claims.get("jti"), CLAIM_CHARS_MAX);
        var roles = roles(issuer, claims);
        return new Verified(
                new PrincipalId("external:%s:%s".formatted(issuer.name(), subject)),
                email(issuer, claims),
                roles,
                roles.getFirst().equals(Role.SERVICE.name()),
                namespaces(issuer, claims),
                token == null ? "" : token,
                issuedAt);
    }

    private static void checkType(Issuer issuer, Map<?, ?> header) throws NotTaken {
        var type = text(header.get("typ"), CLAIM_CHARS_MAX);
        demand(
                type == null
                        ? !issuer.required().contains("typ")
                        : issuer.types().contains(type.toLowerCase(Locale.ROOT)));
    }

    private static void checkIssuer(Issuer issuer, Map<?, ?> claims) throws NotTaken {
        var named = text(claims.get("iss"), CLAIM_CHARS_MAX);
        demand(named == null ? !issuer.required().contains("iss") : named.equals(issuer.issuer()));
    }

    private static void checkAudience(Issuer issuer, Map<?, ?> claims) throws NotTaken {
        var named = texts(claims.get("aud"));
        demand(
                claims.get("aud") == null
                        ? !issuer.required().contains("aud")
                        : named.stream().anyMatch(issuer.audiences()::contains));
    }

    /** When the token was issued, as far as it says. */
    private Instant checkTimes(Issuer issuer, Map<?, ?> claims) throws NotTaken {
        var now = clock.instant();
        var issuedAt = time(claims, "iat", issuer);
        var expiresAt = time(claims, "exp", issuer);
        var notBefore = time(claims, "nbf", issuer);
        demand(issuedAt == null || !issuedAt.isAfter(now.plus(SKEW_MAX)));
        demand(notBefore == null || !notBefore.isAfter(now.plus(SKEW_MAX)));
        demand(expiresAt == null || expiresAt.plus(SKEW_MAX).isAfter(now));
        if (issuedAt != null && expiresAt != null) {
            demand(!expiresAt.isBefore(issuedAt));
            demand(!expiresAt.isAfter(issuedAt.plus(issuer.lifetimeMax())));
        }
        return issuedAt == null ? Instant.EPOCH : issuedAt;
    }

    private static @Nullable Instant time(Map<?, ?> claims, String name, Issuer issuer)
            throws NotTaken {
        var value = claims.get(name);
        if (value == null) {
            demand(!claims.containsKey(name) && !issuer.required().contains(name));
            return null;
        }
        var seconds =
                switch (value) {
                    case Integer whole -> (long) whole;
                    case Long whole -> whole;
                    case Double real when Math.abs(real) < 1e12 -> (long) Math.floor(real);
                    default -> throw new NotTaken();
                };
        demand(seconds >= 0 && seconds < 100_000_000_000L);
        return Instant.ofEpochSecond(seconds);
    }

    /** The roles that are said to be held, and last the one of whom none is said. */
    private static List<String> roles(Issuer issuer, Map<?, ?> claims) throws NotTaken {
        var roles = new ArrayList<String>();
        for (var said : texts(claims.get(issuer.claims().role()))) {
            var role = issuer.roles().isEmpty() ? said : issuer.roles().get(said);
            // To be a service, the operator must have said which role of the issuer's that is.
            if (role != null && !(issuer.roles().isEmpty() && role.equals(Role.SERVICE.name()))) {
                roles.add(role);
            }
        }
        roles.add(issuer.role());
        return roles;
    }

    private static @Nullable String email(Issuer issuer, Map<?, ?> claims) throws NotTaken {
        var email = text(claims.get(issuer.claims().email()), CLAIM_CHARS_MAX);
        try {
            return email == null ? null : new Email(email).value();
        } catch (KedgeException.Invalid noAddress) {
            return null; // Nothing is decided by it.
        }
    }

    private static List<Namespace> namespaces(Issuer issuer, Map<?, ?> claims) throws NotTaken {
        var claim = issuer.claims().namespace();
        if (claim == null) {
            return issuer.namespaces();
        }
        var namespaces = new ArrayList<Namespace>();
        for (var name : texts(claims.get(claim))) {
            try {
                var namespace = new Namespace(name);
                if (issuer.namespaces().isEmpty() || issuer.namespaces().contains(namespace)) {
                    namespaces.add(namespace);
                }
            } catch (KedgeException.Invalid none) {
                throw new NotTaken();
            }
        }
        return namespaces.stream().distinct().toList();
    }

    private static void demand(boolean holds) throws NotTaken {
        if (!holds) {
            throw new NotTaken();
        }
    }

    /** Null where there is nothing; refused where it is no text, or no plain one. */
    private static @Nullable String text(@Nullable Object value, int charsMax) throws NotTaken {
        if (value == null) {
            return null;
        }
        if (value instanceof String text
                && text.length() <= charsMax
                && text.chars().noneMatch(Character::isISOControl)) {
            return text;
        }
        throw new NotTaken();
    }

    /** One text, or a list of them. */
    private static List<String> texts(@Nullable Object value) throws NotTaken {
        if (!(value instanceof List<?> list)) {
            var text = text(value, CLAIM_CHARS_MAX);
            return text == null ? List.of() : List.of(text);
        }
        demand(list.size() <= LISTED_MAX);
        var texts = new ArrayList<String>();
        for (var each : list) {
            var text = text(each, CLAIM_CHARS_MAX);
            demand(text != null);
            texts.add(String.valueOf(text));
        }
        return List.copyOf(texts);
    }

    private static Map<?, ?> object(String part) throws NotTaken {
        try {
            return Json.request(decoded(part), Map.class);
        } catch (JsonRefused notAnObject) {
            throw new NotTaken();
        }
    }

    /** Strictly: one text has one spelling. */
    private static byte[] decoded(String part) throws NotTaken {
        if (part.isEmpty() || !BASE64URL.matcher(part).matches()) {
            throw new NotTaken();
        }
        try {
            var bytes = Base64.getUrlDecoder().decode(part);
            demand(Base64.getUrlEncoder().withoutPadding().encodeToString(bytes).equals(part));
            return bytes;
        } catch (IllegalArgumentException notBase64) {
            throw new NotTaken();
        }
    }
}
