package dev.kedge.vault;

import com.google.crypto.tink.AccessesPartialKey;
import com.google.crypto.tink.Aead;
import com.google.crypto.tink.InsecureSecretKeyAccess;
import com.google.crypto.tink.aead.AesGcmKey;
import com.google.crypto.tink.aead.AesGcmParameters;
import com.google.crypto.tink.subtle.AesGcmJce;
import com.google.crypto.tink.util.SecretBytes;
import java.security.GeneralSecurityException;

/** AES-256-GCM: a random nonce of 96 bits, the ciphertext, and a tag of 128 bits, in that order. */
final class Cipher {

    static final int KEY_BYTES = 32;

    private static final AesGcmParameters PARAMETERS = parameters();

    private Cipher() {}

    /** The caller may clear {@code key} afterwards. */
    @AccessesPartialKey
    static Aead of(byte[] key) {
        try {
            return AesGcmJce.create(
                    AesGcmKey.builder()
                            .setParameters(PARAMETERS)
                            .setKeyBytes(SecretBytes.copyFrom(key, InsecureSecretKeyAccess.get()))
                            .build());
        } catch (GeneralSecurityException wrongLength) {
            throw new VaultException(
                    "a key has %d bytes and not %d".formatted(key.length, KEY_BYTES), wrongLength);
        }
    }

    private static AesGcmParameters parameters() {
        try {
            return AesGcmParameters.builder()
                    .setKeySizeBytes(KEY_BYTES)
                    .setIvSizeBytes(12)
                    .setTagSizeBytes(16)
                    .setVariant(AesGcmParameters.Variant.NO_PREFIX)
                    .build();
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException("every JDK has AES-GCM", impossible);
        }
    }
}
