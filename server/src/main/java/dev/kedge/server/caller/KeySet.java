package dev.kedge.server.caller;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.KeyUse;
import com.nimbusds.jose.jwk.OctetKeyPair;
import com.nimbusds.jose.jwk.RSAKey;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.text.ParseException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The keys that an issuer publishes, as a JSON Web Key Set. The address is the operator's; no token
 * can change it, and no answer can lead elsewhere. For use by any thread.
 *
 * <p>They are fetched anew every ten minutes, and when a token names a key that is not among them,
 * though not more often than every half minute, so that no stream of made-up names becomes a stream
 * of requests. While the issuer does not answer, the last keys it gave are good for a day.
 */
final class KeySet implements IssuerKeys {

    private static final System.Logger LOG = System.getLogger(KeySet.class.getName());

    private static final long FRESH_NANOS = Duration.ofMinutes(10).toNanos();
    private static final long PAUSE_NANOS = Duration.ofSeconds(30).toNanos();
    private static final long GOOD_NANOS = Duration.ofHours(24).toNanos();
    private static final Duration ANSWER_MAX = Duration.ofSeconds(5);
    private static final int BYTES_MAX = 256 << 10;
    private static final int KEYS_MAX = 64;

    private record Named(@Nullable String kid, VerifyingKey key) {}

    private record Fetched(List<Named> keys, long at) {}

    private final URI address;
    private final JWSAlgorithm algorithm;
    private final LongSupplier nanoTime;
    private final HttpClient client =
            HttpClient.newBuilder()
                    .connectTimeout(ANSWER_MAX)
                    .followRedirects(HttpClient.Redirect.NEVER)
                    .build();

    private volatile @Nullable Fetched fetched;
    private final ReentrantLock fetching = new ReentrantLock();
    private long triedAt; // guarded by fetching

    KeySet(URI address, JWSAlgorithm algorithm, LongSupplier nanoTime) {
        this.address = address;
        this.algorithm = algorithm;
        this.nanoTime = nanoTime;
        this.triedAt = nanoTime.getAsLong() - PAUSE_NANOS;
    }

    @Override
    public List<VerifyingKey> named(@Nullable String kid) {
        var found = find(kid);
        var last = fetched;
        var now = nanoTime.getAsLong();
        if (last != null && !found.isEmpty() && now - last.at() <= FRESH_NANOS) {
            return found;
        }
        if (last == null) {
            fetching.lock(); // There is nothing to go by meanwhile.
            try {
                fetch(now);
            } finally {
                fetching.unlock();
            }
        } else if (fetching.tryLock()) {
            try {
                fetch(now);
            } finally {
                fetching.unlock();
            }
        }
        return find(kid);
    }

    private List<VerifyingKey> find(@Nullable String kid) {
        var last = fetched;
        if (last == null || nanoTime.getAsLong() - last.at() > GOOD_NANOS) {
            return List.of();
        }
        return last.keys().stream()
                .filter(named -> kid == null || Objects.equals(named.kid(), kid))
                .map(Named::key)
                .toList();
    }

    private void fetch(long now) {
        if (now - triedAt < PAUSE_NANOS) {
            return;
        }
        triedAt = now;
        try {
            fetched = new Fetched(keys(JWKSet.parse(read())), now);
        } catch (IOException | ParseException e) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "the keys at %s cannot be had: %s".formatted(address, e.getMessage()));
        } catch (InterruptedException hurry) {
            Thread.currentThread().interrupt();
        }
    }

    private String read() throws IOException, InterruptedException {
        var request =
                HttpRequest.newBuilder(address)
                        .timeout(ANSWER_MAX)
                        .header("Accept", "application/json")
                        .build();
        var answer = client.send(request, BodyHandlers.ofInputStream());
        try (InputStream body = answer.body()) {
            if (answer.statusCode() != 200) {
                throw new IOException("status " + answer.statusCode());
            }
            var bytes = body.readNBytes(BYTES_MAX + 1);
            if (bytes.length > BYTES_MAX) {
                throw new IOException("more than %d KiB".formatted(BYTES_MAX >> 10));
            }
            return new String(bytes, StandardCharsets.UTF_8);
        }
    }

    private List<Named> keys(JWKSet set) {
        var keys = new ArrayList<Named>();
        for (var jwk : set.getKeys()) {
            if (keys.size() < KEYS_MAX && isForSignatures(jwk)) {
                var key = publicKey(jwk);
                if (key != null) {
                    keys.add(new Named(jwk.getKeyID(), key));
                }
            }
        }
        return List.copyOf(keys);
    }

    /** A key says what it is for; one that does not say is taken for what it fits. */
    private boolean isForSignatures(JWK jwk) {
        return (jwk.getKeyUse() == null || jwk.getKeyUse().equals(KeyUse.SIGNATURE))
                && (jwk.getAlgorithm() == null || jwk.getAlgorithm().equals(algorithm));
    }

    /** Null for what this issuer's algorithm has no use for, secrets above all. */
    private @Nullable VerifyingKey publicKey(JWK jwk) {
        try {
            @Nullable PublicKey key =
                    switch (jwk) {
                        case RSAKey rsa -> rsa.toPublicKey();
                        case ECKey ec -> ec.toPublicKey();
                        case OctetKeyPair ed when ed.getCurve().equals(Curve.Ed25519) ->
                                VerifyingKey.ed25519(ed.getDecodedX());
                        default -> null;
                    };
            return key == null ? null : VerifyingKey.of(algorithm, key);
        } catch (JOSEException | GeneralSecurityException | IllegalArgumentException unfit) {
            return null;
        }
    }
}
