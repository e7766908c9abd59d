package dev.kedge.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.groups.Tuple.tuple;

import dev.kedge.api.AuditHeadView;
import dev.kedge.api.Json;
import dev.kedge.embedded.TestPostgres;
import dev.kedge.engine.Engine;
import dev.kedge.model.AuditHead;
import dev.kedge.model.KedgeException;
import dev.kedge.model.Namespace;
import dev.kedge.model.PrincipalId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyFactory;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AuditExportTest {

    private static final Duration OFTEN = Duration.ofMillis(20);
    private static final Duration NEVER = Duration.ofHours(1);
    private static final PrincipalId ADA = new PrincipalId("user:ada");

    @TempDir private Path folder;

    @Test
    void heads_are_exported_when_they_have_moved_and_not_again() throws Exception {
        var file = folder.resolve("heads");
        var key = AuditKey.in(folder.resolve("audit.key"));
        try (var engine = engine()) {
            did(engine, "one");
            did(engine, "two");
            did(engine, "two");
            try (var _ = AuditExport.start(engine, key, file, OFTEN)) {
                Awaitility.await().until(() -> heads(file).size() == 2);
                did(engine, "one");
                Awaitility.await().until(() -> heads(file).size() == 3);
            }

            assertThat(heads(file))
                    .extracting(AuditHeadView::namespace, AuditHeadView::no)
                    .containsExactly(tuple("one", 1L), tuple("two", 2L), tuple("one", 2L));
            assertThat(heads(file)).allSatisfy(head -> assertThat(isSigned(head)).isTrue());
        }
    }

    @Test
    void what_moved_last_is_exported_before_the_server_is_gone() throws Exception {
        var file = folder.resolve("heads");
        var key = AuditKey.in(folder.resolve("audit.key"));
        try (var engine = engine()) {
            did(engine, "one");
            try (var _ = AuditExport.start(engine, key, file, NEVER)) {
                Awaitility.await().until(() -> heads(file).size() == 1);
                did(engine, "one");
            }

            assertThat(heads(file)).extracting(AuditHeadView::no).containsExactly(1L, 2L);
        }
    }

    @Test
    void a_key_is_made_once_and_kept_for_its_owner_only() throws Exception {
        var file = folder.resolve("audit.key");

        var made = AuditKey.in(file).known();

        assertThat(AuditKey.in(file).known()).isEqualTo(made);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        try (var files = Files.list(folder)) {
            assertThat(files).containsExactly(file);
        }
    }

    @Test
    void a_file_that_holds_no_key_is_refused_and_not_replaced() throws Exception {
        var file = Files.writeString(folder.resolve("audit.key"), "nonsense");

        assertThatThrownBy(() -> AuditKey.in(file)).isInstanceOf(KedgeException.Invalid.class);
        assertThat(file).hasContent("nonsense");
    }

    private static Engine engine() {
        var database = TestPostgres.shared();
        return Engine.connect(TestPostgres.freshDatabase(), database.user(), database.password())
                .start();
    }

    private static void did(Engine engine, String namespace) {
        engine.audit(new Namespace(namespace)).record(ADA, "job.pause", "a", Map.of());
    }

    private static List<AuditHeadView> heads(Path file) throws IOException {
        if (Files.notExists(file)) {
            return List.of();
        }
        return Files.readAllLines(file).stream()
                .map(line -> Json.answer(line.getBytes(UTF_8), AuditHeadView.class))
                .toList();
    }

    private static boolean isSigned(AuditHeadView head) throws Exception {
        var signature = Signature.getInstance("Ed25519");
        signature.initVerify(
                KeyFactory.getInstance("Ed25519")
                        .generatePublic(
                                new X509EncodedKeySpec(Base64.getDecoder().decode(head.key()))));
        signature.update(
                new AuditHead(
                                new Namespace(String.valueOf(head.namespace())),
                                head.no(),
                                head.hash(),
                                head.at())
                        .signedBytes());
        return signature.verify(Base64.getDecoder().decode(head.signature()));
    }
}
