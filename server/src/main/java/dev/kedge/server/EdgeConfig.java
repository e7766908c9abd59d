package dev.kedge.server;

import dev.kedge.model.Durations;
import dev.kedge.model.KedgeException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What the server minds at its border, before it looks at what is asked.
 *
 * @param tls with which certificate it speaks TLS; null for plain HTTP
 * @param origins whose pages in browsers may call, beside the server's own: exact, such as {@code
 *     https://app.example}
 * @param proxies addresses of proxies, whose word is taken on whom they speak for
 * @param perAddressMax requests a second from one address
 * @param perPrincipalMax requests a second of one principal
 * @param failuresMax wrong credentials a minute from one address
 * @param headWithin how long the head of a request may take to arrive
 */
public record EdgeConfig(
        @Nullable Tls tls,
        Set<String> origins,
        Set<String> proxies,
        int perAddressMax,
        int perPrincipalMax,
        int failuresMax,
        Duration headWithin) {

    /**
     * A certificate with the chain above it, and its private key, both as PEM.
     *
     * @param lookEvery how soon it is seen that the files were replaced
     */
    public record Tls(Path certificates, Path key, Duration lookEvery) {

        private static final Duration LOOK_EVERY = Duration.ofSeconds(10);

        public static Tls of(Path certificates, Path key) {
            return new Tls(certificates, key, LOOK_EVERY);
        }
    }

    private static final int RATE_LIMIT = 1_000_000;
    private static final Pattern ORIGIN =
            Pattern.compile("https?://([a-z0-9.-]+|\\[[0-9a-f:.]+])(:\\d{1,5})?");

    public static final EdgeConfig DEFAULT =
            new EdgeConfig(null, Set.of(), Set.of(), 5_000, 5_000, 100, Duration.ofSeconds(10));

    public EdgeConfig {
        origins = Set.copyOf(origins);
        proxies = Set.copyOf(proxies);
        origins.forEach(EdgeConfig::checkOrigin);
        proxies.forEach(proxy -> {
            if (Addresses.parse(proxy) == null) {
                throw new KedgeException.Invalid(
                        "proxies", "'%s' is no address; names are not looked up".formatted(proxy));
            }
        });
        check("perAddressMax", perAddressMax);
        check("perPrincipalMax", perPrincipalMax);
        check("failuresMax", failuresMax);
        if (headWithin.toMillis() < 100 || headWithin.compareTo(Duration.ofMinutes(10)) > 0) {
            throw new KedgeException.Invalid(
                    "headWithin",
                    "must be between 100ms and 10m, got " + Durations.format(headWithin));
        }
    }

    public EdgeConfig withTls(@Nullable Tls other) {
        return new EdgeConfig(
                other, origins, proxies, perAddressMax, perPrincipalMax, failuresMax, headWithin);
    }

    public EdgeConfig withOrigins(Set<String> others) {
        return new EdgeConfig(
                tls, others, proxies, perAddressMax, perPrincipalMax, failuresMax, headWithin);
    }

    public EdgeConfig withProxies(Set<String> others) {
        return new EdgeConfig(
                tls, origins, others, perAddressMax, perPrincipalMax, failuresMax, headWithin);
    }

    public EdgeConfig withRates(int perAddress, int perPrincipal, int failures) {
        return new EdgeConfig(
                tls, origins, proxies, perAddress, perPrincipal, failures, headWithin);
    }

    public EdgeConfig withHeadWithin(Duration other) {
        return new EdgeConfig(
                tls, origins, proxies, perAddressMax, perPrincipalMax, failuresMax, other);
    }

    private static void checkOrigin(String origin) {
        if (!ORIGIN.matcher(origin).matches()) {
            throw new KedgeException.Invalid(
                    "origins",
                    "'%s' is no origin: each is named exactly, in small letters, like https://app.example; there is no word for all of them"
                            .formatted(origin));
        }
    }

    private static void check(String field, int value) {
        if (value < 1 || value > RATE_LIMIT) {
            throw new KedgeException.Invalid(
                    field, "must be between 1 and %d, got %d".formatted(RATE_LIMIT, value));
        }
    }
}
