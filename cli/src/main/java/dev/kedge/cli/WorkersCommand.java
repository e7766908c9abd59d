package dev.kedge.cli;

import dev.kedge.api.WorkersView;
import dev.kedge.cli.terminal.Table;
import picocli.CommandLine.Command;

@Command(name = "workers")
final class WorkersCommand extends RemoteCommand {

    WorkersCommand(Surroundings around) {
        super(around);
    }

    @Override
    int run(Remote remote) {
        return show(remote.get("/v1/workers"), WorkersView.class, this::print);
    }

    private void print(WorkersView workers) {
        var table =
                new Table(terminal())
                        .text("WORKER")
                        .elastic("HOST")
                        .number("PID")
                        .number("RUNNING")
                        .number("SLOTS")
                        .text("STARTED")
                        .text("LAST SEEN");
        for (var worker : workers.items()) {
            var beat = worker.sinceBeat();
            table.row(
                    worker.id(),
                    worker.host(),
                    worker.pid(),
                    worker.running(),
                    worker.slots(),
                    ago(worker.startedAt()),
                    beat == null ? "gone " + ago(worker.lostAt()) : beat + " ago");
        }
        table.print();
    }
}
