package dev.kedge.server.caller;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSVerifier;
import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jose.crypto.MACVerifier;
import com.nimbusds.jose.crypto.RSASSAVerifier;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.util.Base64URL;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.EdECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.ECParameterSpec;
import java.security.spec.NamedParameterSpec;
import java.security.spec.X509EncodedKeySpec;

/** A key and the one algorithm that it is for. */
record VerifyingKey(JWSAlgorithm algorithm, Check check) {

    private static final int SECRET_BYTES_MIN = 32;
    private static final int RSA_BITS_MIN = 2048;
    private static final int P256_BITS = 256;
    private static final int ED25519_SIGNATURE_BYTES = 64;

    /** What every Ed25519 key begins with where it is written as X.509 has it (RFC 8410). */
    private static final byte[] ED25519_X509 = {
        0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00
    };

    /** Whether a signature is one of some bytes. */
    @FunctionalInterface
    interface Check {
        boolean holds(byte[] signed, byte[] signature)
                throws JOSEException, GeneralSecurityException;
    }

    boolean signed(byte[] signed, byte[] signature) {
        try {
            return check.holds(signed, signature);
        } catch (JOSEException | GeneralSecurityException malformed) {
            return false;
        }
    }

    /**
     * @throws IllegalArgumentException it is too short to be safe
     */
    static VerifyingKey secret(byte[] secret) {
        if (secret.length < SECRET_BYTES_MIN) {
            throw new IllegalArgumentException(
                    "a secret for HS256 must have at least %d bytes".formatted(SECRET_BYTES_MIN));
        }
        try {
            return of(JWSAlgorithm.HS256, new MACVerifier(secret));
        } catch (JOSEException never) {
            throw new IllegalArgumentException("not a secret for HS256", never);
        }
    }

    /**
     * @throws IllegalArgumentException it is none for that algorithm, or too weak
     */
    static VerifyingKey of(JWSAlgorithm algorithm, PublicKey key) {
        try {
            if (algorithm.equals(JWSAlgorithm.RS256)
                    && key instanceof RSAPublicKey rsa
                    && rsa.getModulus().bitLength() >= RSA_BITS_MIN) {
                return of(algorithm, new RSASSAVerifier(rsa));
            }
            if (algorithm.equals(JWSAlgorithm.ES256)
                    && key instanceof ECPublicKey ec
                    && isP256(ec.getParams())) {
                return of(algorithm, new ECDSAVerifier(ec));
            }
            if (algorithm.equals(JWSAlgorithm.EdDSA)
                    && key instanceof EdECPublicKey ed
                    && ed.getParams().getName().equals(NamedParameterSpec.ED25519.getName())) {
                return new VerifyingKey(algorithm, ed25519(ed));
            }
        } catch (JOSEException unfit) {
            throw new IllegalArgumentException("no key for " + algorithm, unfit);
        }
        throw new IllegalArgumentException("no key for %s, or too weak".formatted(algorithm));
    }

    /** The key with these 32 bytes. */
    static PublicKey ed25519(byte[] point) throws GeneralSecurityException {
        var encoded = new byte[ED25519_X509.length + point.length];
        System.arraycopy(ED25519_X509, 0, encoded, 0, ED25519_X509.length);
        System.arraycopy(point, 0, encoded, ED25519_X509.length, point.length);
        return KeyFactory.getInstance("Ed25519").generatePublic(new X509EncodedKeySpec(encoded));
    }

    private static VerifyingKey of(JWSAlgorithm algorithm, JWSVerifier verifier) {
        var header = new JWSHeader(algorithm);
        return new VerifyingKey(
                algorithm,
                (signed, signature) ->
                        verifier.verify(header, signed, Base64URL.encode(signature)));
    }

    private static Check ed25519(EdECPublicKey key) {
        return (signed, signature) -> {
            if (signature.length != ED25519_SIGNATURE_BYTES) {
                return false;
            }
            var verifier = Signature.getInstance("Ed25519");
            verifier.initVerify(key);
            verifier.update(signed);
            return verifier.verify(signature);
        };
    }

    private static boolean isP256(ECParameterSpec curve) {
        return curve.getOrder().bitLength() == P256_BITS
                && Curve.P_256.equals(Curve.forECParameterSpec(curve));
    }

    /** Never the key. */
    @Override
    public String toString() {
        return "a key for " + algorithm;
    }
}
