package dev.kedge.bench;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/**
 * What was asked for on the command line.
 *
 * @param rounds how often each subject is measured; the median counts
 * @param quick a tenth of the runs, to see that everything works
 * @param peers whether others who offer the same are measured beside
 * @param folder where the server that is measured keeps its data
 */
record Options(
        List<Scenario<?>> scenarios,
        int rounds,
        boolean quick,
        boolean peers,
        boolean json,
        Path folder) {

    static final int ROUNDS_MAX = 99;

    static final String USAGE =
            """
            usage: bench/run SCENARIO...|all [--runs N] [--quick] [--peers] [--json] [--data FOLDER]
              --runs N   measure each N times and take the median (default 3)
              --quick    a tenth of the work; shows that it works, not how fast it is
              --peers    measure others beside, where there are any
              --json     a line of JSON for each figure instead of a table
              --data     where the measured PostgreSQL keeps its data; not in memory
            scenarios:\
            """
                    + " "
                    + String.join(" ", Scenarios.ALL.stream().map(Scenario::name).toList());

    private static final int ROUNDS = 3;
    private static final Path FOLDER = Path.of("bench", "target", "postgres");

    static Options parse(List<String> arguments) {
        var scenarios = new ArrayList<Scenario<?>>();
        var rounds = ROUNDS;
        var quick = false;
        var peers = false;
        var json = false;
        var folder = FOLDER;
        var rest = arguments.iterator();
        while (rest.hasNext()) {
            var argument = rest.next();
            switch (argument) {
                case "--quick" -> quick = true;
                case "--peers" -> peers = true;
                case "--json" -> json = true;
                case "--runs" -> rounds = rounds(value(argument, rest));
                case "--data" -> folder = Path.of(value(argument, rest));
                case "all" -> scenarios.addAll(Scenarios.ALL);
                default -> scenarios.add(Scenarios.named(argument));
            }
        }
        if (scenarios.isEmpty()) {
            throw new IllegalArgumentException("which scenario?");
        }
        return new Options(
                List.copyOf(scenarios), rounds, quick, peers, json, folder.toAbsolutePath());
    }

    private static String value(String option, Iterator<String> rest) {
        if (!rest.hasNext()) {
            throw new IllegalArgumentException(option + ": a value is missing");
        }
        return rest.next();
    }

    private static int rounds(String text) {
        if (!text.matches("[1-9][0-9]?")) {
            throw new IllegalArgumentException(
                    "--runs: between 1 and %d, got %s".formatted(ROUNDS_MAX, text));
        }
        return Integer.parseInt(text);
    }
}
