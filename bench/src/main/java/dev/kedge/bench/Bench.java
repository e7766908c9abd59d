package dev.kedge.bench;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;

/** Runs scenarios and prints what came out, as a table or as a line of JSON for each figure. */
public final class Bench {

    private static final int USAGE = 64;
    private static final int FAILED = 1;

    private final Options options;
    private final PrintStream out;
    private final PrintStream progress;

    private Bench(Options options, PrintStream out, PrintStream progress) {
        this.options = options;
        this.out = out;
        this.progress = progress;
    }

    public static void main(String[] arguments) {
        Options options;
        try {
            options = Options.parse(List.of(arguments));
        } catch (IllegalArgumentException unclear) {
            System.err.println("bench: " + unclear.getMessage());
            System.err.println(Options.USAGE);
            System.exit(USAGE);
            return;
        }
        try {
            new Bench(options, System.out, System.err).run();
        } catch (Exception failed) { // The end of the program: it is told, not handled.
            failed.printStackTrace(System.err);
            System.exit(FAILED);
        }
        System.exit(0);
    }

    private void run() throws Exception {
        try (var server = Server.start(options.folder())) {
            var machine = server.machine();
            var figures = new ArrayList<Figure>();
            for (var scenario : options.scenarios()) {
                figures.addAll(measure(server, scenario));
            }
            var report = new Report(machine, figures);
            out.print(options.json() ? report.json() : report.table());
        }
    }

    private <S extends Subject> List<Figure> measure(Server server, Scenario<S> scenario)
            throws Exception {
        var size = options.quick() ? scenario.quick() : scenario;
        var race = new Race<>(server, options.peers() ? size.withPeers() : size);
        progress.printf("%s:", scenario.name());
        race.warmUp();
        for (var round = 1; round <= options.rounds(); round++) {
            progress.printf(" %d", round);
            race.round();
        }
        progress.println();
        return race.figures();
    }
}
