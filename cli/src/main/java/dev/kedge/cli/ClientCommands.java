package dev.kedge.cli;

import java.util.LinkedHashMap;
import java.util.function.Supplier;

/** Everything that one can ask a server from a terminal. */
public final class ClientCommands {

    private ClientCommands() {}

    public static void addTo(Menu kedge, Surroundings around) {
        var jobs = new LinkedHashMap<String, Supplier<?>>();
        jobs.put("list", () -> new JobsCommands.ListThem(around));
        jobs.put("show", () -> new JobsCommands.Show(around));
        jobs.put("define", () -> new JobsCommands.Define(around));
        jobs.put("pause", () -> new JobsCommands.Pause(around));
        jobs.put("resume", () -> new JobsCommands.Resume(around));
        kedge.add("jobs", "Definitions: what runs, and how it is treated.", jobs);

        var runs = new LinkedHashMap<String, Supplier<?>>();
        runs.put("start", () -> new RunsStart(around));
        runs.put("list", () -> new RunsCommands.ListThem(around));
        runs.put("get", () -> new RunsCommands.Get(around));
        runs.put("logs", () -> new RunsLogs(around));
        runs.put("cancel", () -> new RunsCommands.Cancel(around));
        runs.put("terminate", () -> new RunsCommands.Terminate(around));
        runs.put("retry", () -> new RunsCommands.Retry(around));
        runs.put("rerun", () -> new RunsCommands.Rerun(around));
        kedge.add("runs", "Executions: start, follow, stop and repeat them.", runs);

        var functions = new LinkedHashMap<String, Supplier<?>>();
        functions.put("deploy", () -> new FunctionsCommands.Deploy(around));
        functions.put("list", () -> new FunctionsCommands.ListThem(around));
        functions.put("versions", () -> new FunctionsCommands.Versions(around));
        functions.put("promote", () -> new FunctionsCommands.Promote(around));
        kedge.add("functions", "Uploaded code and its versions.", functions);

        kedge.add("stats", "How many runs are in each state.", () -> new StatsCommand(around));
        kedge.add(
                "workers", "The processes that carry out runs.", () -> new WorkersCommand(around));
    }
}
