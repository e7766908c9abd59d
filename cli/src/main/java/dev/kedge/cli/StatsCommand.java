package dev.kedge.cli;

import dev.kedge.api.StatsView;
import dev.kedge.cli.terminal.Table;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import picocli.CommandLine.Command;

@Command(name = "stats")
final class StatsCommand extends RemoteCommand {

    private static final List<String> STATES =
            List.of("pending", "running", "sleeping", "completed", "failed", "cancelled");

    StatsCommand(Surroundings around) {
        super(around);
    }

    @Override
    int run(Remote remote) {
        return show(remote.get(remote.path("stats")), StatsView.class, this::print);
    }

    private void print(StatsView stats) {
        var table = new Table(terminal()).elastic("JOB");
        STATES.forEach(table::number);
        new TreeMap<>(stats.jobs()).forEach((job, counts) -> table.row(row(job, counts)));
        table.row(row("all", stats.states()));
        table.print();
    }

    private static Object[] row(String name, Map<String, Long> counts) {
        var row = new Object[STATES.size() + 1];
        row[0] = name;
        for (var i = 0; i < STATES.size(); i++) {
            row[i + 1] = counts.getOrDefault(STATES.get(i), 0L);
        }
        return row;
    }
}
