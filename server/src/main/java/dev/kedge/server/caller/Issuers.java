package dev.kedge.server.caller;

import com.nimbusds.jose.JWSAlgorithm;
import dev.kedge.api.Json;
import dev.kedge.api.JsonRefused;
import dev.kedge.model.Durations;
import dev.kedge.model.KedgeException;
import dev.kedge.model.Namespace;
import dev.kedge.model.Role;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.spec.X509EncodedKeySpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Whose tokens are taken here. An operator writes it into a file; nothing else can change it. */
public final class Issuers {

    public static final Issuers NONE = new Issuers(List.of());

    /** Each is tried in turn, so there must not be many. */
    static final int ISSUERS_MAX = 16;

    private static final int FILE_BYTES_MAX = 256 << 10;
    private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9.-]{0,62}");
    private static final Map<String, JWSAlgorithm> ALGORITHMS =
            Map.of(
                    "HS256",
                    JWSAlgorithm.HS256,
                    "RS256",
                    JWSAlgorithm.RS256,
                    "ES256",
                    JWSAlgorithm.ES256,
                    "EdDSA",
                    JWSAlgorithm.EdDSA);

    private final List<Issuer> all;

    Issuers(List<Issuer> all) {
        this.all = List.copyOf(all);
    }

    List<Issuer> all() {
        return all;
    }

    /** The file as it is written. */
    record FileBody(List<IssuerBody> issuers) {}

    /** What the file says of one issuer. Exactly one of the last three says where its keys are. */
    record IssuerBody(
            String name,
            String issuer,
            @Nullable List<String> audience,
            String algorithm,
            @Nullable List<String> required,
            @Nullable List<String> types,
            @Nullable String lifetimeMax,
            @Nullable ClaimsBody claims,
            @Nullable Map<String, String> roles,
            @Nullable String role,
            @Nullable List<String> namespaces,
            @Nullable String secretFile,
            @Nullable String publicKeyFile,
            @Nullable String jwksUrl) {}

    /** Names of claims, where they are not the usual ones. */
    record ClaimsBody(
            @Nullable String subject,
            @Nullable String role,
            @Nullable String email,
            @Nullable String namespace) {}

    /**
     * Reads the file. Files that it names lie beside it, unless their paths are absolute.
     *
     * @throws IllegalStateException it makes no sense, and why
     */
    public static Issuers in(Path file) {
        try {
            if (Files.size(file) > FILE_BYTES_MAX) {
                throw new IllegalStateException(file + " is too large");
            }
            var body = Json.request(Files.readAllBytes(file), FileBody.class);
            if (body.issuers().size() > ISSUERS_MAX) {
                throw new IllegalStateException(
                        "%s: more than %d issuers".formatted(file, ISSUERS_MAX));
            }
            var folder = Objects.requireNonNull(file.toAbsolutePath().getParent());
            var issuers = new ArrayList<Issuer>();
            var names = new HashSet<String>();
            for (var each : body.issuers()) {
                if (!names.add(each.name())) {
                    throw new IllegalStateException(
                            "%s: two issuers have the name %s".formatted(file, each.name()));
                }
                issuers.add(issuer(each, folder));
            }
            return new Issuers(issuers);
        } catch (JsonRefused | KedgeException.Invalid | IllegalArgumentException wrong) {
            throw new IllegalStateException("%s: %s".formatted(file, wrong.getMessage()), wrong);
        } catch (IOException unreadable) {
            throw new IllegalStateException(
                    "%s cannot be read: %s".formatted(file, unreadable.getMessage()), unreadable);
        }
    }

    private static Issuer issuer(IssuerBody body, Path folder) throws IOException {
        var name = body.name();
        check(NAME.matcher(name).matches(), name, "its name must match " + NAME.pattern());
        var algorithm = ALGORITHMS.get(body.algorithm());
        if (algorithm == null) {
            throw wrong(name, "algorithm must be one of HS256, RS256, ES256, EdDSA");
        }
        var required = set(body.required(), Issuer.STRICT);
        check(
                Issuer.STRICT.containsAll(required),
                name,
                "required may name exp, iat, iss, aud and typ");
        var audiences = Objects.requireNonNullElse(body.audience(), List.<String>of());
        check(
                !audiences.isEmpty() || !required.contains("aud"),
                name,
                "audience must name for whom its tokens are");
        var lifetimeMax =
                body.lifetimeMax() == null
                        ? Issuer.LIFETIME_MAX
                        : Durations.parse("lifetimeMax", body.lifetimeMax());
        check(lifetimeMax.isPositive(), name, "lifetimeMax must be more than nothing");
        var role = Objects.requireNonNullElse(body.role(), Role.AUTHENTICATED.name());
        check(
                !role.equals(Role.SERVICE.name()),
                name,
                "role must not be service_role; name the issuer's role that is, in roles");
        return new Issuer(
                name,
                body.issuer(),
                audiences,
                algorithm,
                keys(body, algorithm, folder),
                required,
                set(body.types(), Issuer.TYPES).stream()
                        .map(type -> type.toLowerCase(Locale.ROOT))
                        .collect(Collectors.toUnmodifiableSet()),
                lifetimeMax,
                claims(body.claims()),
                body.roles() == null ? Map.of() : Map.copyOf(body.roles()),
                role,
                body.namespaces() == null
                        ? List.of()
                        : body.namespaces().stream().map(Namespace::new).distinct().toList());
    }

    private static Issuer.Claims claims(@Nullable ClaimsBody body) {
        var usual = Issuer.Claims.USUAL;
        return body == null
                ? usual
                : new Issuer.Claims(
                        Objects.requireNonNullElse(body.subject(), usual.subject()),
                        Objects.requireNonNullElse(body.role(), usual.role()),
                        Objects.requireNonNullElse(body.email(), usual.email()),
                        body.namespace());
    }

    private static IssuerKeys keys(IssuerBody body, JWSAlgorithm algorithm, Path folder)
            throws IOException {
        var name = body.name();
        var hasSecret = body.secretFile() != null;
        var sources =
                List.of(hasSecret, body.publicKeyFile() != null, body.jwksUrl() != null).stream()
                        .filter(given -> given)
                        .count();
        check(sources == 1, name, "one of secretFile, publicKeyFile and jwksUrl is wanted");
        check(
                hasSecret == algorithm.equals(JWSAlgorithm.HS256),
                name,
                "HS256 goes with secretFile, and the others with a public key");
        if (body.secretFile() != null) {
            return IssuerKeys.only(VerifyingKey.secret(secret(folder.resolve(body.secretFile()))));
        }
        if (body.publicKeyFile() != null) {
            var key = publicKey(algorithm, Files.readString(folder.resolve(body.publicKeyFile())));
            return IssuerKeys.only(VerifyingKey.of(algorithm, key));
        }
        var address = URI.create(String.valueOf(body.jwksUrl()));
        check(
                "https".equals(address.getScheme())
                        || ("http".equals(address.getScheme()) && isLoopback(address.getHost())),
                name,
                "jwksUrl must be an https address");
        return new KeySet(address, algorithm, System::nanoTime);
    }

    /** As it is in the file, but for a line's end. */
    private static byte[] secret(Path file) throws IOException {
        var bytes = Files.readAllBytes(file);
        var length = bytes.length;
        while (length > 0 && (bytes[length - 1] == '\n' || bytes[length - 1] == '\r')) {
            length--;
        }
        return Arrays.copyOf(bytes, length);
    }

    private static PublicKey publicKey(JWSAlgorithm algorithm, String pem) {
        var base64 =
                pem.replace("-----BEGIN PUBLIC KEY-----", "")
                        .replace("-----END PUBLIC KEY-----", "")
                        .replaceAll("\\s", "");
        var family =
                algorithm.equals(JWSAlgorithm.RS256)
                        ? "RSA"
                        : algorithm.equals(JWSAlgorithm.ES256) ? "EC" : "Ed25519";
        try {
            return KeyFactory.getInstance(family)
                    .generatePublic(new X509EncodedKeySpec(Base64.getDecoder().decode(base64)));
        } catch (GeneralSecurityException unfit) {
            throw new IllegalArgumentException(
                    "a public key for %s is wanted, as PEM has it".formatted(algorithm), unfit);
        }
    }

    private static boolean isLoopback(@Nullable String host) {
        try {
            return host != null && InetAddress.getByName(host).isLoopbackAddress();
        } catch (UnknownHostException unknown) {
            return false;
        }
    }

    private static Set<String> set(@Nullable List<String> given, Set<String> otherwise) {
        return given == null ? otherwise : Set.copyOf(given);
    }

    private static void check(boolean holds, String issuer, String wanted) {
        if (!holds) {
            throw wrong(issuer, wanted);
        }
    }

    private static IllegalArgumentException wrong(String issuer, String wanted) {
        return new IllegalArgumentException("issuer %s: %s".formatted(issuer, wanted));
    }
}
