package dev.kedge.server;

import dev.kedge.model.KedgeException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.openssl.PEMKeyPair;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.openssl.jcajce.JcaPEMKeyConverter;
import org.eclipse.jetty.util.ssl.SslContextFactory;

/**
 * The certificate with which the server speaks TLS, read from PEM files, and read anew when they
 * change. Connections that are open keep the one they began with.
 *
 * <p>Files that do not fit together, as when one of the two has just been replaced, are looked at
 * again until they do, and the old certificate serves on. At the start they are a reason not to.
 */
final class Certificate {

    private static final System.Logger LOG = System.getLogger(Certificate.class.getName());
    private static final int FILE_BYTES_MAX = 1 << 20;
    private static final String ENTRY = "kedge";

    /** A key store wants one, also where it never leaves the memory. */
    private static final String NO_SECRET = "kedge";

    private record Pem(String certificates, String key) {

        static Pem read(EdgeConfig.Tls config) {
            return new Pem(text(config.certificates()), text(config.key()));
        }

        /** Byte by byte: what is no PEM is to be refused later, and not misread here. */
        private static String text(Path file) {
            try {
                if (Files.size(file) <= FILE_BYTES_MAX) {
                    return Files.readString(file, StandardCharsets.ISO_8859_1);
                }
            } catch (IOException unreadable) {
                throw new KedgeException.Invalid("tls", "cannot read " + file);
            }
            throw new KedgeException.Invalid("tls", file + " is too large for what it should be");
        }
    }

    private final EdgeConfig.Tls config;
    private final SslContextFactory.Server tls;
    private Pem last; // By whoever makes it, then by whoever renews it.

    /**
     * @throws KedgeException.Invalid the files are not what they should be
     */
    Certificate(EdgeConfig.Tls config) {
        this.config = config;
        this.last = Pem.read(config);
        this.tls = new SslContextFactory.Server();
        tls.setIncludeProtocols("TLSv1.3", "TLSv1.2");
        tls.setRenegotiationAllowed(false);
        use(tls, store(last));
    }

    SslContextFactory.Server tls() {
        return tls;
    }

    /** Serves with what lies in the files by now. Not to be called by two at a time. */
    void renew() {
        try {
            var now = Pem.read(config);
            if (now.equals(last)) {
                return;
            }
            last = now; // What does not fit is not worth a second try, and a second warning.
            var store = store(now);
            tls.reload(renewed -> use(renewed, store));
            LOG.log(System.Logger.Level.INFO, "serves with the certificate that was put there");
        } catch (Exception unfit) { // Whatever it is, the old one serves on.
            LOG.log(
                    System.Logger.Level.WARNING,
                    "the new certificate cannot be used, the old one serves on: {0}",
                    unfit.getMessage());
        }
    }

    private static void use(SslContextFactory context, KeyStore store) {
        context.setKeyStore(store);
        context.setKeyStorePassword(NO_SECRET);
    }

    private KeyStore store(Pem pem) {
        try {
            var chain =
                    CertificateFactory.getInstance("X.509")
                            .generateCertificates(
                                    new ByteArrayInputStream(
                                            pem.certificates()
                                                    .getBytes(StandardCharsets.ISO_8859_1)))
                            .toArray(new java.security.cert.Certificate[0]);
            var key = key(pem.key());
            if (chain.length == 0 || !belongTogether(key, chain[0].getPublicKey())) {
                throw new KedgeException.Invalid(
                        "tls",
                        "%s is not for the key in %s"
                                .formatted(config.certificates(), config.key()));
            }
            var store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            store.setKeyEntry(ENTRY, key, NO_SECRET.toCharArray(), chain);
            return store;
        } catch (GeneralSecurityException
                | IOException
                | IllegalArgumentException
                | IllegalStateException garbled) {
            throw new KedgeException.Invalid(
                    "tls",
                    "%s and %s must hold a certificate with its chain and its private key as PEM, the key not encrypted"
                            .formatted(config.certificates(), config.key()));
        }
    }

    /** In any of the forms in which keys are written, among whatever else is in the file. */
    private static PrivateKey key(String pem) throws IOException, GeneralSecurityException {
        var converter = new JcaPEMKeyConverter();
        try (var parser = new PEMParser(new StringReader(pem))) {
            for (var part = parser.readObject(); part != null; part = parser.readObject()) {
                if (part instanceof PrivateKeyInfo key) {
                    return converter.getPrivateKey(key);
                }
                if (part instanceof PEMKeyPair pair) {
                    return converter.getPrivateKey(pair.getPrivateKeyInfo());
                }
            }
        }
        throw new IOException("no key");
    }

    private static boolean belongTogether(PrivateKey secret, PublicKey known)
            throws GeneralSecurityException {
        var algorithm =
                switch (known.getAlgorithm()) {
                    case "RSA" -> "SHA256withRSA";
                    case "EC" -> "SHA256withECDSA";
                    default -> known.getAlgorithm();
                };
        if (!secret.getAlgorithm().equals(known.getAlgorithm())) {
            return false;
        }
        var signature = Signature.getInstance(algorithm);
        signature.initSign(secret);
        signature.update(new byte[1]);
        var signed = signature.sign();
        signature.initVerify(known);
        signature.update(new byte[1]);
        return signature.verify(signed);
    }
}
