package dev.kedge.cli;

import dev.kedge.api.AuditEntryView;
import dev.kedge.api.AuditHeadView;
import dev.kedge.api.AuditPage;
import dev.kedge.api.Json;
import dev.kedge.api.JsonRefused;
import dev.kedge.model.AuditChain;
import dev.kedge.model.AuditEntry;
import dev.kedge.model.AuditHead;
import dev.kedge.model.AuditNote;
import dev.kedge.model.KedgeException;
import dev.kedge.model.Namespace;
import dev.kedge.model.Payload;
import dev.kedge.model.PrincipalId;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A walk along a chain on a server, which checks here, and not there, that everything fits. Used
 * once.
 */
final class AuditWalk {

    private static final int PAGE_ENTRIES = 500;

    private final Remote remote;
    private final String path;
    private final @Nullable Namespace namespace;
    private final AuditChain chain;

    /** {@code namespace} is null for the chain of the installation. */
    AuditWalk(Remote remote, String path, @Nullable Namespace namespace) {
        this.remote = remote;
        this.path = path;
        this.namespace = namespace;
        this.chain = new AuditChain(namespace);
    }

    /**
     * Expects the heads of this chain in a file, one in a line, and returns how many there were.
     *
     * @param key the only public key whose signature is believed; null for any
     */
    int expectKept(Path file, @Nullable String key) {
        try (var lines = Files.lines(file, StandardCharsets.UTF_8)) {
            var kept = 0;
            for (var line : (Iterable<String>) lines::iterator) {
                if (!line.isBlank() && expect(head(file, line), file, key)) {
                    kept++;
                }
            }
            return kept;
        } catch (IOException unreadable) {
            throw CommandFailure.usage("--heads: cannot read " + file);
        }
    }

    /** Walks from the first entry to the last. */
    AuditCommands.Verify.Verdict end(int headsKept) {
        // The head comes first: what is written while this walks comes behind it.
        var head = Remote.read(remote.get(path + "/head"), AuditHeadView.class);
        checkSignature(head, "the server");
        chain.expect(head(head));
        var before = -1L;
        while (chain.length() > before) {
            before = chain.length();
            var page =
                    Remote.read(
                            remote.get(path + "?after=%d&limit=%d".formatted(before, PAGE_ENTRIES)),
                            AuditPage.class);
            page.items().forEach(entry -> chain.next(entry(entry)));
        }
        return new AuditCommands.Verify.Verdict(
                chain.length(),
                headsKept,
                chain.end().stream()
                        .map(fault -> new AuditCommands.Verify.Fault(fault.no(), fault.text()))
                        .toList());
    }

    private boolean expect(AuditHeadView head, Path file, @Nullable String key) {
        if (!Objects.equals(head.namespace(), namespace == null ? null : namespace.value())) {
            return false;
        }
        if (key != null && !key.equals(head.key())) {
            return false; // Somebody else's, or forged: nobody has to explain those.
        }
        checkSignature(head, file.toString());
        chain.expect(head(head));
        return true;
    }

    private static AuditHeadView head(Path file, String line) {
        try {
            return Json.answer(line.getBytes(StandardCharsets.UTF_8), AuditHeadView.class);
        } catch (JsonRefused notOne) {
            throw CommandFailure.usage("--heads: %s holds a line that is no head".formatted(file));
        }
    }

    private static void checkSignature(AuditHeadView head, String whose) {
        if (!isSigned(head)) {
            throw CommandFailure.refused(
                    "the head of entry %d from %s is not signed by the key it names"
                            .formatted(head.no(), whose));
        }
    }

    private static boolean isSigned(AuditHeadView head) {
        try {
            var key =
                    KeyFactory.getInstance("Ed25519")
                            .generatePublic(
                                    new X509EncodedKeySpec(Base64.getDecoder().decode(head.key())));
            var signature = Signature.getInstance("Ed25519");
            signature.initVerify(key);
            signature.update(head(head).signedBytes());
            return signature.verify(Base64.getDecoder().decode(head.signature()));
        } catch (GeneralSecurityException | IllegalArgumentException | KedgeException garbled) {
            return false;
        }
    }

    private static AuditHead head(AuditHeadView head) {
        return new AuditHead(
                head.namespace() == null ? null : new Namespace(head.namespace()),
                head.no(),
                head.hash(),
                head.at());
    }

    private AuditEntry entry(AuditEntryView entry) {
        return new AuditEntry(
                namespace,
                entry.no(),
                entry.at(),
                new PrincipalId(entry.principal()),
                new AuditNote(
                        entry.act(), entry.subject(), Payload.ofJson(entry.details().bytes())),
                entry.hash());
    }
}
