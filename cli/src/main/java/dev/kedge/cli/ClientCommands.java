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
        runs.put("steps", () -> new RunsJournal.Steps(around));
        runs.put("state", () -> new RunsJournal.State(around));
        runs.put("cancel", () -> new RunsCommands.Cancel(around));
        runs.put("terminate", () -> new RunsCommands.Terminate(around));
        runs.put("retry", () -> new RunsCommands.Retry(around));
        runs.put("rerun", () -> new RunsCommands.Rerun(around));
        kedge.add("runs", "Executions: start, follow, stop and repeat them.", runs);

        var events = new LinkedHashMap<String, Supplier<?>>();
        events.put("send", () -> new EventsCommands.Send(around));
        events.put("list", () -> new EventsCommands.ListThem(around));
        kedge.add("events", "Published facts: send one, see what became of them.", events);

        var triggers = new LinkedHashMap<String, Supplier<?>>();
        triggers.put("create", () -> new TriggersCommands.Create(around));
        triggers.put("list", () -> new TriggersCommands.ListThem(around));
        triggers.put("preview", () -> new TriggersCommands.Preview(around));
        triggers.put("decisions", () -> new TriggersCommands.Decisions(around));
        triggers.put("enable", () -> new TriggersCommands.Enable(around));
        triggers.put("disable", () -> new TriggersCommands.Disable(around));
        triggers.put("delete", () -> new TriggersCommands.Delete(around));
        kedge.add("triggers", "Standing reasons for runs of a job.", triggers);

        var letters = new LinkedHashMap<String, Supplier<?>>();
        letters.put("list", () -> new DeadLetterCommands.ListThem(around));
        letters.put("show", () -> new DeadLetterCommands.Show(around));
        letters.put("retry", () -> new DeadLetterCommands.Retry(around));
        letters.put("drop", () -> new DeadLetterCommands.Drop(around));
        kedge.add("dlq", "Runs that failed for good: look, retry, drop.", letters);

        var functions = new LinkedHashMap<String, Supplier<?>>();
        functions.put("deploy", () -> new FunctionsCommands.Deploy(around));
        functions.put("list", () -> new FunctionsCommands.ListThem(around));
        functions.put("versions", () -> new FunctionsCommands.Versions(around));
        functions.put("promote", () -> new FunctionsCommands.Promote(around));
        kedge.add("functions", "Uploaded code and its versions.", functions);

        var audit = new LinkedHashMap<String, Supplier<?>>();
        audit.put("list", () -> new AuditCommands.ListThem(around));
        audit.put("verify", () -> new AuditCommands.Verify(around));
        kedge.add("audit", "Who did what, and whether the record is whole.", audit);

        var secrets = new LinkedHashMap<String, Supplier<?>>();
        secrets.put("set", () -> new SecretsCommands.Set(around));
        secrets.put("list", () -> new SecretsCommands.ListThem(around));
        secrets.put("delete", () -> new SecretsCommands.Delete(around));
        secrets.put("rotate", () -> new SecretsCommands.Rotate(around));
        kedge.add("secrets", "What handlers may know and nobody else.", secrets);

        var quota = new LinkedHashMap<String, Supplier<?>>();
        quota.put("show", () -> new QuotaCommands.Show(around));
        quota.put("set", () -> new QuotaCommands.Set(around));
        kedge.add("quota", "How much a namespace may take up.", quota);

        addPeople(kedge, around);
        kedge.add("stats", "How many runs are in each state.", () -> new StatsCommand(around));
        kedge.add(
                "workers", "The processes that carry out runs.", () -> new WorkersCommand(around));
    }

    private static void addPeople(Menu kedge, Surroundings around) {
        var keys = new LinkedHashMap<String, Supplier<?>>();
        keys.put("create", () -> new KeysCommands.Create(around));
        keys.put("list", () -> new KeysCommands.ListThem(around));
        keys.put("revoke", () -> new KeysCommands.Revoke(around));
        kedge.add("keys", "What programs are known by.", keys);

        var users = new LinkedHashMap<String, Supplier<?>>();
        users.put("create", () -> new PeopleCommands.AddUser(around));
        users.put("list", () -> new PeopleCommands.ListUsers(around));
        users.put("disable", () -> new PeopleCommands.DisableUser(around));
        users.put("enable", () -> new PeopleCommands.EnableUser(around));
        users.put("password", () -> new PeopleCommands.SetPassword(around));
        users.put("delete", () -> new PeopleCommands.RemoveUser(around));
        kedge.add("users", "People who sign in with a password.", users);

        var members = new LinkedHashMap<String, Supplier<?>>();
        members.put("list", () -> new PeopleCommands.ListMembers(around));
        members.put("set", () -> new PeopleCommands.SetMember(around));
        members.put("remove", () -> new PeopleCommands.RemoveMember(around));
        kedge.add("members", "Who belongs to a namespace, and with which role.", members);

        var roles = new LinkedHashMap<String, Supplier<?>>();
        roles.put("list", () -> new PeopleCommands.ListRoles(around));
        roles.put("define", () -> new PeopleCommands.DefineRole(around));
        roles.put("delete", () -> new PeopleCommands.RemoveRole(around));
        kedge.add("roles", "Names for what may be done.", roles);

        kedge.add("login", "Signs a user in.", () -> new LoginCommands.SignIn(around));
        kedge.add("logout", "Signs out.", () -> new LoginCommands.SignOut(around));
        kedge.add(
                "whoami",
                "Who asks, and what they may do.",
                () -> new LoginCommands.WhoAmI(around));
    }
}
