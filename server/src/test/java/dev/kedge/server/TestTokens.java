package dev.kedge.server;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpServer;
import dev.kedge.server.caller.Issuers;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Four issuers, one for each algorithm, and whatever they or somebody else might sign. */
final class TestTokens implements AutoCloseable {

    static final String SECRET = "a secret of more than thirty-two bytes for HS256";

    final KeyPair rsa = pair("RSA", 2048);
    final KeyPair ec = curve("secp256r1");
    final KeyPair ed = pair("Ed25519", 0);
    final Issuers issuers;
    private final HttpServer keys;

    TestTokens(Path folder) throws IOException {
        keys = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        keys.createContext(
                "/keys",
                exchange -> {
                    var set = keySet().getBytes(UTF_8);
                    exchange.sendResponseHeaders(200, set.length);
                    exchange.getResponseBody().write(set);
                    exchange.close();
                });
        keys.start();
        Files.writeString(folder.resolve("hs.secret"), SECRET + "\n");
        Files.writeString(folder.resolve("rs.pem"), pem(rsa.getPublic()));
        Files.writeString(folder.resolve("ed.pem"), pem(ed.getPublic()));
        var file = folder.resolve("issuers.json");
        Files.writeString(
                file,
                """
                {"issuers": [
                  {"name": "hs", "issuer": "https://hs.example", "audience": ["kedge", "jobs"],
                   "algorithm": "HS256", "secretFile": "hs.secret",
                   "claims": {"namespace": "ns"}},
                  {"name": "rs", "issuer": "https://rs.example", "audience": ["kedge"],
                   "algorithm": "RS256", "publicKeyFile": "rs.pem",
                   "roles": {"owner": "admin", "robot": "service_role"}, "namespaces": ["rs"]},
                  {"name": "es", "issuer": "https://es.example", "audience": ["kedge"],
                   "algorithm": "ES256", "jwksUrl": "http://127.0.0.1:%d/keys",
                   "claims": {"namespace": "ns"}, "namespaces": ["es", "more"]},
                  {"name": "ed", "issuer": "https://ed.example", "audience": ["kedge"],
                   "algorithm": "EdDSA", "publicKeyFile": "ed.pem", "required": ["exp", "iss"]}
                ]}
                """
                        .formatted(keys.getAddress().getPort()));
        issuers = Issuers.in(file);
    }

    /** A header of a token. */
    static String header(String algorithm) {
        return "{\"alg\":\"%s\",\"typ\":\"JWT\"}".formatted(algorithm);
    }

    /** Claims of {@code issuer} that are in order, with {@code more} at their end. */
    static String claims(String issuer, String more) {
        var now = Instant.now().getEpochSecond();
        return "{\"iss\":\"https://%s.example\",\"aud\":\"kedge\",\"sub\":\"ada\",\"iat\":%d,\"exp\":%d%s}"
                .formatted(issuer, now, now + 600, more);
    }

    static String hs256(String header, String claims) {
        return hs256(header, claims, SECRET.getBytes(UTF_8));
    }

    static String hs256(String header, String claims, byte[] secret) {
        return mac("HmacSHA256", header, claims, secret);
    }

    static String mac(String algorithm, String header, String claims, byte[] secret) {
        try {
            var mac = Mac.getInstance(algorithm);
            mac.init(new SecretKeySpec(secret, algorithm));
            var signed = signed(header, claims);
            return signed + "." + base64(mac.doFinal(signed.getBytes(UTF_8)));
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    String rs256(String header, String claims) {
        return sign("SHA256withRSA", rsa.getPrivate(), header, claims);
    }

    String es256(String header, String claims) {
        return sign("SHA256withECDSAinP1363Format", ec.getPrivate(), header, claims);
    }

    String eddsa(String header, String claims) {
        return sign("Ed25519", ed.getPrivate(), header, claims);
    }

    static String sign(String algorithm, PrivateKey key, String header, String claims) {
        try {
            var signature = Signature.getInstance(algorithm);
            signature.initSign(key);
            var signed = signed(header, claims);
            signature.update(signed.getBytes(UTF_8));
            return signed + "." + base64(signature.sign());
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    static String signed(String header, String claims) {
        return base64(header.getBytes(UTF_8)) + "." + base64(claims.getBytes(UTF_8));
    }

    static String base64(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    static String pem(PublicKey key) {
        return "-----BEGIN PUBLIC KEY-----\n"
                + Base64.getMimeEncoder().encodeToString(key.getEncoded())
                + "\n-----END PUBLIC KEY-----\n";
    }

    static KeyPair pair(String algorithm, int bits) {
        try {
            var generator = KeyPairGenerator.getInstance(algorithm);
            if (bits > 0) {
                generator.initialize(bits);
            }
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    static KeyPair curve(String name) {
        try {
            var generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec(name));
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    String keySet() {
        var point = ((ECPublicKey) ec.getPublic()).getW();
        return """
        {"keys": [
          {"kty": "oct", "kid": "secret", "k": "%s"},
          {"kty": "EC", "crv": "P-256", "kid": "one", "use": "sig", "x": "%s", "y": "%s"}
        ]}
        """
                .formatted(
                        base64(SECRET.getBytes(UTF_8)),
                        base64(coordinate(point.getAffineX().toByteArray())),
                        base64(coordinate(point.getAffineY().toByteArray())));
    }

    private static byte[] coordinate(byte[] number) {
        var padded = new byte[64];
        System.arraycopy(number, 0, padded, padded.length - number.length, number.length);
        return Arrays.copyOfRange(padded, 32, 64);
    }

    @Override
    public void close() {
        keys.stop(0);
    }
}
