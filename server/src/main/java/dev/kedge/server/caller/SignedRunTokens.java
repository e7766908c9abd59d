package dev.kedge.server.caller;

import dev.kedge.engine.RunTokens;
import dev.kedge.model.KedgeException;
import dev.kedge.model.Lease;
import dev.kedge.model.Namespace;
import dev.kedge.model.RunId;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Tokens of runs: what they are about, and a keyed hash of that. Nothing is stored of them; they
 * are worth something while their attempt is under way, which the database knows. For use by any
 * thread.
 *
 * <p>An engine can be given this before there is a key: its runs wait for it a little.
 */
public final class SignedRunTokens implements RunTokens {

    private static final String PREFIX = "kedge_run_";
    private static final byte[] PURPOSE = "kedge run token ".getBytes(StandardCharsets.US_ASCII);
    private static final int FIXED_BYTES = 3 * Long.BYTES;
    private static final int MAC_BYTES = 32;
    private static final int CHARS_MAX = 512;
    private static final Duration KEY_WITHIN = Duration.ofSeconds(30);

    private final CompletableFuture<ServerKey> key = new CompletableFuture<>();

    /** What a token says. */
    record Said(Namespace namespace, RunId run, long epoch) {}

    void signWith(ServerKey serverKey) {
        key.complete(serverKey);
    }

    @Override
    public String make(Namespace namespace, Lease lease) {
        var name = namespace.value().getBytes(StandardCharsets.UTF_8);
        var about =
                ByteBuffer.allocate(FIXED_BYTES + name.length)
                        .putLong(lease.run().value().getMostSignificantBits())
                        .putLong(lease.run().value().getLeastSignificantBits())
                        .putLong(lease.epoch())
                        .put(name)
                        .array();
        var token = ByteBuffer.allocate(about.length + MAC_BYTES).put(about).put(mac(about));
        return PREFIX + Base64.getUrlEncoder().withoutPadding().encodeToString(token.array());
    }

    static boolean looksLikeOne(String credential) {
        return credential.startsWith(PREFIX) && credential.length() <= CHARS_MAX;
    }

    /** What a token says that was made here; empty for anything else. */
    Optional<Said> read(String token) {
        try {
            var bytes = Base64.getUrlDecoder().decode(token.substring(PREFIX.length()));
            var length = bytes.length - MAC_BYTES;
            if (length <= FIXED_BYTES) {
                return Optional.empty();
            }
            var about = Arrays.copyOf(bytes, length);
            if (!MessageDigest.isEqual(
                    mac(about), Arrays.copyOfRange(bytes, length, bytes.length))) {
                return Optional.empty();
            }
            var said = ByteBuffer.wrap(about);
            var run = new RunId(new UUID(said.getLong(), said.getLong()));
            var epoch = said.getLong();
            var name = new String(about, FIXED_BYTES, length - FIXED_BYTES, StandardCharsets.UTF_8);
            return Optional.of(new Said(new Namespace(name), run, epoch));
        } catch (IllegalArgumentException notBase64) {
            return Optional.empty();
        }
    }

    private byte[] mac(byte[] about) {
        var purposed =
                ByteBuffer.allocate(PURPOSE.length + about.length).put(PURPOSE).put(about).array();
        return serverKey().mac(purposed);
    }

    private ServerKey serverKey() {
        try {
            return key.get(KEY_WITHIN.toSeconds(), TimeUnit.SECONDS);
        } catch (InterruptedException hurry) {
            Thread.currentThread().interrupt();
            throw new KedgeException.Unavailable("interrupted", hurry);
        } catch (ExecutionException | TimeoutException none) {
            throw new KedgeException.Unavailable("the server has no key yet", none);
        }
    }
}
