package dev.kedge.server;

import static dev.kedge.model.Permission.Act.AUDIT_READ;

import dev.kedge.api.AuditEntryView;
import dev.kedge.api.AuditHeadView;
import dev.kedge.api.AuditPage;
import dev.kedge.api.RawJson;
import dev.kedge.engine.Audit;
import dev.kedge.engine.Engine;
import dev.kedge.model.AuditChain;
import dev.kedge.model.AuditEntry;
import dev.kedge.model.AuditHead;
import dev.kedge.model.Namespace;
import dev.kedge.model.PrincipalId;
import dev.kedge.model.RunFilter;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Who did what: to read, and to check. */
final class AuditRoutes {

    private static final String CHAIN = "/v1/namespaces/{ns}/audit";
    private static final String CHAIN_OF_INSTALLATION = "/v1/audit";

    private final Engine engine;
    private final AuditKey key;

    AuditRoutes(Engine engine, AuditKey key) {
        this.engine = engine;
        this.key = key;
    }

    List<Route> routes() {
        return List.of(
                Route.get(
                                CHAIN,
                                "Lists who did what in the namespace, newest first; with after, in"
                                        + " the order of the chain",
                                AuditPage.class,
                                call -> list(call, ofNamespace(call)))
                        .taking("principal", "act", "after", "limit", "cursor")
                        .needs(AUDIT_READ),
                Route.get(
                                CHAIN + "/head",
                                "Shows how far the namespace's chain has come, signed",
                                AuditHeadView.class,
                                call -> head(call, ofNamespace(call), call.namespace()))
                        .needs(AUDIT_READ),
                Route.get(
                                CHAIN_OF_INSTALLATION,
                                "Lists who did what to the installation, newest first; with after,"
                                        + " in the order of the chain",
                                AuditPage.class,
                                call -> list(call, engine.auditOfInstallation()))
                        .taking("principal", "act", "after", "limit", "cursor")
                        .needs(AUDIT_READ),
                Route.get(
                                CHAIN_OF_INSTALLATION + "/head",
                                "Shows how far the installation's chain has come, signed",
                                AuditHeadView.class,
                                call -> head(call, engine.auditOfInstallation(), null))
                        .needs(AUDIT_READ));
    }

    private Audit ofNamespace(Call call) {
        return engine.audit(call.namespace());
    }

    private void list(Call call, Audit audit) {
        var limit = call.limit(RunFilter.LIMIT_DEFAULT, RunFilter.LIMIT_MAX);
        var after = call.query("after", text -> number("after", text));
        if (after != null) {
            for (var other : List.of("principal", "act", "cursor")) {
                if (call.query(other).isPresent()) {
                    throw Refused.query(other, "does not go with after: a chain is walked whole");
                }
            }
            call.answer(page(audit.walk(after, limit), limit));
            return;
        }
        var entries =
                audit.list(
                        call.query("principal", PrincipalId::new),
                        call.words("act"),
                        call.query("cursor", text -> number("cursor", text)),
                        limit);
        call.answer(page(entries, limit));
    }

    private void head(Call call, Audit audit, @Nullable Namespace namespace) {
        var none = new AuditHead(namespace, 0, AuditChain.BEGINNING, Instant.EPOCH);
        call.answer(key.sign(audit.head().orElse(none)));
    }

    private static AuditPage page(List<AuditEntry> entries, int limit) {
        return new AuditPage(
                entries.stream().map(AuditRoutes::view).toList(),
                entries.size() < limit ? null : Long.toString(entries.getLast().no()));
    }

    private static AuditEntryView view(AuditEntry entry) {
        return new AuditEntryView(
                entry.no(),
                entry.at(),
                entry.principal().value(),
                entry.note().act(),
                entry.note().subject(),
                RawJson.of(entry.note().details().bytes()),
                entry.hash());
    }

    private static long number(String name, String text) {
        try {
            var number = Long.parseLong(text);
            if (number >= 0) {
                return number;
            }
        } catch (NumberFormatException notOne) {
            // Said below.
        }
        throw Refused.query(name, "the number of an entry is wanted here");
    }
}
