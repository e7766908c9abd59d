package dev.kedge.cli;

import dev.kedge.api.AuditPage;
import dev.kedge.api.Json;
import dev.kedge.cli.terminal.Table;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code kedge audit …} */
final class AuditCommands {

    private AuditCommands() {}

    @Command(name = "list", description = "Who did what, the newest first.")
    static final class ListThem extends OfChain {

        @Option(names = "--principal", paramLabel = "ID", description = "Who did it.")
        @Nullable String principal;

        @Option(
                names = "--act",
                paramLabel = "ACT",
                description = "What was done, such as job.define.")
        @Nullable String act;

        @Mixin private final PageOptions page = new PageOptions();

        ListThem(Surroundings around) {
            super(around);
        }

        @Override
        int run(Remote remote) {
            var query = page.query(Remote.part("principal", principal), Remote.part("act", act));
            return show(remote.get(chain(remote) + query), AuditPage.class, this::print);
        }

        private void print(AuditPage entries) {
            if (entries.items().isEmpty()) {
                say("Nothing was written down here yet.");
                return;
            }
            var table =
                    new Table(terminal())
                            .text("NO")
                            .text("WHEN")
                            .text("ACT")
                            .elastic("SUBJECT")
                            .elastic("PRINCIPAL")
                            .elastic("DETAILS");
            for (var entry : entries.items()) {
                table.row(
                        Long.toString(entry.no()),
                        ago(entry.at()),
                        entry.act(),
                        entry.subject(),
                        entry.principal(),
                        RunsJournal.cut(entry.details()));
            }
            table.print();
            page.sayNext(this, entries.nextCursor());
        }
    }

    @Command(
            name = "verify",
            description =
                    "Checks a chain from its first entry to its last: nothing changed,"
                            + " missing, put in or moved.",
            footer = {
                "",
                "What was cut off at the end, or written anew as a whole, shows only against heads",
                "that were kept elsewhere: those in --heads, signed by the server whose --key is."
            })
    static final class Verify extends OfChain {

        @Option(
                names = "--heads",
                paramLabel = "FILE",
                description = "Heads that were kept: the server's audit-heads.jsonl, or a copy.")
        @Nullable Path heads;

        @Option(
                names = "--key",
                paramLabel = "KEY",
                description = "Only heads signed with this public key are believed.")
        @Nullable String key;

        Verify(Surroundings around) {
            super(around);
        }

        /** What {@code --json} prints. */
        record Verdict(long entries, int headsKept, List<Fault> faults) {}

        /** Where the chain does not fit. */
        record Fault(long no, String text) {}

        @Override
        int run(Remote remote) {
            var walk =
                    new AuditWalk(remote, chain(remote), installation ? null : remote.namespace());
            var kept = heads == null ? 0 : walk.expectKept(heads, key);
            var verdict = walk.end(kept);
            if (json) {
                raw(Json.write(verdict));
            } else {
                print(verdict);
            }
            return verdict.faults().isEmpty() ? ExitCode.DONE : ExitCode.RUN_FAILED;
        }

        private void print(Verdict verdict) {
            for (var fault : verdict.faults()) {
                say("%s entry %d: %s".formatted(style().red("broken"), fault.no(), fault.text()));
            }
            if (verdict.faults().isEmpty()) {
                say(
                        "%s %d entries follow each other%s"
                                .formatted(
                                        style().green("whole"),
                                        verdict.entries(),
                                        verdict.headsKept() == 0
                                                ? ""
                                                : ", and fit the %d heads that were kept"
                                                        .formatted(verdict.headsKept())));
            }
        }
    }

    /** A command about one chain. */
    abstract static class OfChain extends RemoteCommand {

        @Option(
                names = "--installation",
                description = "The chain of what belongs to no namespace.")
        boolean installation;

        OfChain(Surroundings around) {
            super(around);
        }

        final String chain(Remote remote) {
            return installation ? "/v1/audit" : remote.path("audit");
        }
    }
}
