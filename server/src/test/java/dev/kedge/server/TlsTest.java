package dev.kedge.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kedge.model.KedgeException;
import java.io.IOException;
import java.io.StringWriter;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Date;
import java.util.HashSet;
import java.util.Set;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import javax.security.auth.x500.X500Principal;
import org.awaitility.Awaitility;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.sec.ECPrivateKey;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.openssl.jcajce.JcaPKCS8Generator;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.util.io.pem.PemObject;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A real client, and certificates made on the spot. */
class TlsTest {

    private static final Duration OFTEN = Duration.ofMillis(20);

    @TempDir private Path folder;

    @ParameterizedTest
    @CsvSource({
        "RSA, 2048, SHA256withRSA, pkcs8",
        "RSA, 2048, SHA256withRSA, traditional",
        "EC, 256, SHA256withECDSA, pkcs8",
        "EC, 256, SHA256withECDSA, traditional",
        "Ed25519, 0, Ed25519, pkcs8"
    })
    void a_client_that_trusts_the_certificate_is_served(
            String algorithm, int bits, String signature, String form) throws Exception {
        var identity = Identity.make(algorithm, bits, signature);
        identity.write(folder, form);

        try (var server = new LittleServer(tls());
                var client = client(identity.certificate())) {
            var answer = client.send(request(server), BodyHandlers.ofString());

            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(answer.headers().firstValue("Strict-Transport-Security"))
                    .contains("max-age=31536000");
        }
    }

    @Test
    void a_certificate_that_is_replaced_is_served_with_from_then_on() throws Exception {
        var old = Identity.make("EC", 256, "SHA256withECDSA");
        var renewed = Identity.make("EC", 256, "SHA256withECDSA");
        old.write(folder, "pkcs8");

        try (var server = new LittleServer(tls())) {
            assertThat(served(server)).isEqualTo(old.certificate());
            renewed.write(folder, "pkcs8");

            Awaitility.await().until(() -> served(server).equals(renewed.certificate()));
            try (var client = client(renewed.certificate())) {
                assertThat(client.send(request(server), BodyHandlers.ofString()).statusCode())
                        .isEqualTo(200);
            }
            try (var client = client(old.certificate())) {
                assertThatThrownBy(() -> client.send(request(server), BodyHandlers.ofString()))
                        .isInstanceOf(SSLHandshakeException.class);
            }
        }
    }

    @Test
    void files_that_do_not_fit_together_change_nothing_until_they_do() throws Exception {
        var old = Identity.make("EC", 256, "SHA256withECDSA");
        var renewed = Identity.make("EC", 256, "SHA256withECDSA");
        old.write(folder, "pkcs8");

        try (var server = new LittleServer(tls())) {
            Files.writeString(folder.resolve("tls.crt"), pem(renewed.certificate()));
            for (var look = 0; look < 20; look++) {
                assertThat(served(server)).isEqualTo(old.certificate());
            }
            Files.writeString(folder.resolve("tls.key"), "nonsense");
            for (var look = 0; look < 20; look++) {
                assertThat(served(server)).isEqualTo(old.certificate());
            }
            renewed.write(folder, "pkcs8");

            Awaitility.await().until(() -> served(server).equals(renewed.certificate()));
        }
    }

    @Test
    void a_server_does_not_start_with_files_that_make_no_certificate() throws Exception {
        var one = Identity.make("EC", 256, "SHA256withECDSA");
        var other = Identity.make("RSA", 2048, "SHA256withRSA");
        assertThatThrownBy(() -> new LittleServer(tls()))
                .hasMessage("tls: cannot read " + folder.resolve("tls.crt"));

        one.write(folder, "pkcs8");
        Files.writeString(folder.resolve("tls.crt"), pem(other.certificate()));
        assertThatThrownBy(() -> new LittleServer(tls()))
                .hasMessage(
                        "tls: %s is not for the key in %s"
                                .formatted(folder.resolve("tls.crt"), folder.resolve("tls.key")));

        Files.writeString(folder.resolve("tls.key"), "-----BEGIN PRIVATE KEY-----\nAAAA\n");
        assertThatThrownBy(() -> new LittleServer(tls()))
                .isInstanceOf(KedgeException.Invalid.class)
                .hasMessageContaining("as PEM, the key not encrypted");
    }

    @Test
    void plain_http_and_old_protocols_are_not_spoken() throws Exception {
        Identity.make("EC", 256, "SHA256withECDSA").write(folder, "pkcs8");

        try (var server = new LittleServer(tls())) {
            assertThat(server.send("GET /open HTTP/1.1")).doesNotContain("HTTP/1.1 200");
            assertThat(enabled(server)).containsOnly("TLSv1.3", "TLSv1.2");
        }
    }

    @Test
    void a_handshake_that_does_not_get_on_is_not_waited_for() throws Exception {
        Identity.make("EC", 256, "SHA256withECDSA").write(folder, "pkcs8");
        var impatient = tls().withHeadWithin(Duration.ofSeconds(1));

        try (var server = new LittleServer(impatient);
                var socket = server.connect()) {
            socket.getOutputStream().write(new byte[] {22, 3, 1});
            var began = System.nanoTime();
            LittleServer.answer(socket);

            assertThat(Duration.ofNanos(System.nanoTime() - began))
                    .as("less than a connection may be idle")
                    .isLessThan(Duration.ofSeconds(15));
        }
    }

    private EdgeConfig tls() {
        return EdgeConfig.DEFAULT.withTls(
                new EdgeConfig.Tls(folder.resolve("tls.crt"), folder.resolve("tls.key"), OFTEN));
    }

    private static HttpRequest request(LittleServer server) {
        return HttpRequest.newBuilder(URI.create("https://localhost:" + server.port() + "/open"))
                .build();
    }

    private static HttpClient client(X509Certificate trusted) throws Exception {
        var store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setCertificateEntry("trusted", trusted);
        var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(store);
        var context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        return HttpClient.newBuilder().sslContext(context).build();
    }

    /** With what a new connection is answered, whatever one thinks of it. */
    private static X509Certificate served(LittleServer server) throws Exception {
        try (var socket = handshake(server)) {
            return (X509Certificate) socket.getSession().getPeerCertificates()[0];
        }
    }

    private static Set<String> enabled(LittleServer server) throws Exception {
        var spoken = new HashSet<String>();
        for (var protocol : SSLContext.getDefault().getSupportedSSLParameters().getProtocols()) {
            try (var socket = handshake(server, protocol)) {
                spoken.add(socket.getSession().getProtocol());
            } catch (IOException | IllegalArgumentException refused) {
                // That one is not spoken.
            }
        }
        return spoken;
    }

    private static SSLSocket handshake(LittleServer server, String... protocols) throws Exception {
        var context = SSLContext.getInstance("TLS");
        context.init(null, new TrustManager[] {new AnyCertificate()}, null);
        var socket =
                (SSLSocket)
                        context.getSocketFactory()
                                .createSocket(InetAddress.getLoopbackAddress(), server.port());
        if (protocols.length > 0) {
            socket.setEnabledProtocols(protocols);
        }
        try {
            socket.startHandshake();
        } catch (IOException refused) {
            socket.close();
            throw refused;
        }
        return socket;
    }

    /** For looking at a certificate, not for trusting it. */
    private static final class AnyCertificate extends X509ExtendedTrustManager {

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }

    /** A key, and a certificate for localhost that it has signed itself. */
    private record Identity(KeyPair keys, X509Certificate certificate) {

        @SuppressWarnings("JavaUtilDate") // The builder takes nothing else.
        static Identity make(String algorithm, int bits, String signature) throws Exception {
            var generator = KeyPairGenerator.getInstance(algorithm);
            if (bits > 0) {
                generator.initialize(bits);
            }
            var keys = generator.generateKeyPair();
            var now = Instant.now();
            var name = new X500Principal("CN=localhost");
            var builder =
                    new JcaX509v3CertificateBuilder(
                            name,
                            BigInteger.valueOf(now.toEpochMilli()),
                            Date.from(now.minus(1, ChronoUnit.HOURS)),
                            Date.from(now.plus(1, ChronoUnit.HOURS)),
                            name,
                            keys.getPublic());
            builder.addExtension(
                    Extension.subjectAlternativeName,
                    false,
                    new GeneralNames(new GeneralName(GeneralName.dNSName, "localhost")));
            var signer = new JcaContentSignerBuilder(signature).build(keys.getPrivate());
            return new Identity(
                    keys, new JcaX509CertificateConverter().getCertificate(builder.build(signer)));
        }

        void write(Path folder, String form) throws Exception {
            Files.writeString(folder.resolve("tls.crt"), pem(certificate));
            Files.writeString(
                    folder.resolve("tls.key"),
                    pem(
                            form.equals("pkcs8")
                                    ? new JcaPKCS8Generator(keys.getPrivate(), null)
                                    : traditional()));
        }

        /** As openssl wrote keys of old: with the curve in them, where there is one. */
        private Object traditional() throws IOException {
            if (!keys.getPrivate().getAlgorithm().equals("EC")) {
                return keys.getPrivate();
            }
            var whole = PrivateKeyInfo.getInstance(keys.getPrivate().getEncoded());
            var number = ECPrivateKey.getInstance(whole.parsePrivateKey()).getKey();
            var curve = whole.getPrivateKeyAlgorithm().getParameters();
            return new PemObject(
                    "EC PRIVATE KEY", new ECPrivateKey(256, number, curve).getEncoded());
        }
    }

    private static String pem(Object part) throws IOException {
        var text = new StringWriter();
        try (var writer = new JcaPEMWriter(text)) {
            writer.writeObject(part);
        }
        return text.toString();
    }
}
