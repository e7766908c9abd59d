package dev.kedge.server;

import dev.kedge.api.AuditHeadView;
import dev.kedge.model.AuditHead;
import dev.kedge.model.KedgeException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;

/**
 * With which a server signs how far the chains of audit entries have come. It lies beside the
 * database and never in it, so that whoever rewrites a chain there cannot sign what became of it.
 */
public final class AuditKey {

    private static final String ALGORITHM = "Ed25519";

    private final PrivateKey secret;
    private final String known;

    private AuditKey(PrivateKey secret, PublicKey known) {
        this.secret = secret;
        this.known = encoded(known.getEncoded());
    }

    /** That of {@code file}, which is made now if it is not there, readable for its owner only. */
    public static AuditKey in(Path file) {
        try {
            if (Files.notExists(file)) {
                store(file, pair());
            }
            return read(Files.readString(file));
        } catch (IOException e) {
            throw new UncheckedIOException("the key for audit cannot be kept in " + file, e);
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            throw new KedgeException.Invalid(file.toString(), "holds no key for audit");
        }
    }

    /** The public half, as people compare it: X.509 in base64. */
    public String known() {
        return known;
    }

    AuditHeadView sign(AuditHead head) {
        try {
            var signature = Signature.getInstance(ALGORITHM);
            signature.initSign(secret);
            signature.update(head.signedBytes());
            return new AuditHeadView(
                    head.namespace() == null ? null : head.namespace().value(),
                    head.no(),
                    head.hash(),
                    head.at(),
                    known,
                    encoded(signature.sign()));
        } catch (GeneralSecurityException never) {
            throw new IllegalStateException("every JDK has " + ALGORITHM, never);
        }
    }

    /** Never the secret half. */
    @Override
    public String toString() {
        return known;
    }

    private static KeyPair pair() throws GeneralSecurityException {
        return KeyPairGenerator.getInstance(ALGORITHM).generateKeyPair();
    }

    /** Both halves, a line each. Whole or not at all: a half-written key would stop every start. */
    private static void store(Path file, KeyPair pair) throws IOException {
        var next =
                Files.createTempFile(
                        file.toAbsolutePath().getParent(),
                        file.getFileName().toString(),
                        ".next",
                        PosixFilePermissions.asFileAttribute(
                                PosixFilePermissions.fromString("rw-------")));
        try {
            Files.writeString(
                    next,
                    encoded(pair.getPrivate().getEncoded())
                            + "\n"
                            + encoded(pair.getPublic().getEncoded())
                            + "\n");
            Files.createLink(file, next);
        } catch (FileAlreadyExistsException quicker) {
            // Another server on the same folder made one in this moment: then that is the key.
        } finally {
            Files.delete(next);
        }
    }

    private static AuditKey read(String text) throws GeneralSecurityException {
        var halves = text.strip().split("\n", -1);
        if (halves.length != 2) {
            throw new IllegalArgumentException("two lines are wanted");
        }
        var keys = KeyFactory.getInstance(ALGORITHM);
        return new AuditKey(
                keys.generatePrivate(new PKCS8EncodedKeySpec(decoded(halves[0]))),
                keys.generatePublic(new X509EncodedKeySpec(decoded(halves[1]))));
    }

    private static String encoded(byte[] bytes) {
        return Base64.getEncoder().encodeToString(bytes);
    }

    private static byte[] decoded(String text) {
        return Base64.getDecoder().decode(text.strip());
    }
}
