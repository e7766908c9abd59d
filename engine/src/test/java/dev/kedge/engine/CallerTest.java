package dev.kedge.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kedge.model.Binding;
import dev.kedge.model.Claims;
import dev.kedge.model.CronTrigger.Timetable;
import dev.kedge.model.DeploymentId;
import dev.kedge.model.Identity;
import dev.kedge.model.Job;
import dev.kedge.model.JobName;
import dev.kedge.model.KedgeException;
import dev.kedge.model.LogLine;
import dev.kedge.model.Namespace;
import dev.kedge.model.NewRun;
import dev.kedge.model.OnConflict;
import dev.kedge.model.Outcome;
import dev.kedge.model.Page;
import dev.kedge.model.Payload;
import dev.kedge.model.PrincipalId;
import dev.kedge.model.Quota;
import dev.kedge.model.RunCounts;
import dev.kedge.model.RunFilter;
import dev.kedge.model.RunId;
import dev.kedge.model.RunState;
import dev.kedge.model.Schedule;
import dev.kedge.model.Topic;
import dev.kedge.model.TriggerId;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.sql.Connection;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What callers find of what is theirs, and of what is not. */
@Timeout(120)
class CallerTest {

    private static final Namespace MINE = new Namespace("mine");
    private static final Namespace THEIRS = new Namespace("theirs");
    private static final Duration FAR = Duration.ofDays(1);
    private static final Topic TOPIC = new Topic("order.paid");
    private static final Timetable HOURLY = Timetable.of(Schedule.parse("@hourly", ZoneOffset.UTC));
    private static final String EMPTY = "nothing";

    private static final Identity ANN = person("ann");
    private static final Identity BOB = person("bob");
    private static final Identity EVE = person("eve");
    private static final CountDownLatch HELD = new CountDownLatch(1);

    private static final TestEngine DB = new TestEngine();
    private static final Engine ENGINE =
            DB.start(builder -> {
                for (var namespace : List.of(MINE, THEIRS)) {
                    builder.job(job(namespace, "plain"), CallerTest::plain)
                            .job(job(namespace, "fails"), CallerTest::fails)
                            .job(job(namespace, "waits"), CallerTest::waits)
                            .job(job(namespace, "invokes"), CallerTest::invokes)
                            .job(job(namespace, "held"), CallerTest::held);
                }
                return builder;
            });

    private static final Caller ann = own(ANN, MINE);
    private static final Caller bob = own(BOB, MINE);
    private static final Caller eve = admin(EVE, THEIRS);

    /** What there is of somebody, for others to reach for. */
    private record Things(
            Namespace namespace,
            RunId pending,
            RunId failed,
            TriggerId trigger,
            DeploymentId deployment) {}

    private static final Map<Namespace, Things> THINGS = new ConcurrentHashMap<>();

    private static Identity person(String name) {
        return new Identity(new PrincipalId("user:" + name), "authenticated", name + "@x.example");
    }

    private static Caller own(Identity identity, Namespace namespace) {
        return ENGINE.as(Claims.none(identity).seeingOwn(namespace).submitting(namespace));
    }

    private static Caller admin(Identity identity, Namespace namespace) {
        return ENGINE.as(
                Claims.none(identity)
                        .seeingAll(namespace)
                        .submitting(namespace)
                        .administering(namespace));
    }

    private static Job job(Namespace namespace, String name) {
        return Job.of(
                namespace, new JobName(name), new Binding.Java(), TestEngine.retriedAtOnce(1));
    }

    private static Outcome plain(RunContext run) {
        run.state().set("k", 42);
        return new Outcome.Succeeded(run.payload());
    }

    private static Outcome fails(RunContext run) {
        run.step("tried", _ -> {});
        throw new IllegalStateException("it broke");
    }

    private static Outcome waits(RunContext run) {
        return new Outcome.Succeeded(
                run.waitFor(EventWait.on(TOPIC.value())).orElseThrow().payload());
    }

    private static Outcome invokes(RunContext run) {
        run.invoke("plain", 7, Integer.class);
        return new Outcome.Succeeded(Payload.NULL);
    }

    private static Outcome held(RunContext run) throws Exception {
        HELD.await();
        return new Outcome.Succeeded(run.payload());
    }

    @BeforeAll
    static void fill() throws Exception {
        THINGS.put(THEIRS, thingsOf(eve, eve, THEIRS));
        THINGS.put(MINE, thingsOf(bob, admin(BOB, MINE), MINE));
    }

    private static Things thingsOf(Caller submitter, Caller admin, Namespace namespace)
            throws Exception {
        var runs = submitter.runs(namespace);
        var failed = runs.enqueue(run("fails")).run();
        runs.await(failed, TestEngine.SOON);
        var deployment = admin.deployments(namespace).deploy("f", "export default 1", true);
        var trigger =
                admin.triggers(namespace).onEvent(new JobName("plain"), new Topic("none"), null);
        return new Things(
                namespace,
                runs.enqueue(run("plain").after(FAR)).run(),
                failed,
                trigger.id(),
                deployment.id());
    }

    private static NewRun run(String job) {
        return NewRun.of(new JobName(job), Payload.ofJson("42"));
    }

    @AfterAll
    static void stop() {
        HELD.countDown();
        DB.close();
    }

    /** Every call there is, about things that a caller should not know of. */
    private static Map<String, Callable<?>> calls(
            Caller caller, Namespace namespace, Things things) {
        var job = new JobName("plain");
        var runs = caller.runs(namespace);
        var jobs = caller.jobs(namespace);
        var events = caller.events(namespace);
        var triggers = caller.triggers(namespace);
        var letters = caller.deadLetters(namespace);
        var functions = caller.deployments(namespace);
        var pending = things.pending();
        var failed = things.failed();
        var calls = new TreeMap<String, Callable<?>>();
        calls.put("Runs.enqueue(NewRun)", () -> runs.enqueue(run("plain")));
        calls.put("Runs.enqueueAll(List)", () -> runs.enqueueAll(List.of(run("plain"))));
        calls.put("Runs.enqueueEach(List)", () -> runs.enqueueEach(List.of(run("plain"))));
        calls.put(
                "Runs.enqueue(Connection,NewRun)",
                () -> {
                    try (Connection connection = DB.connection()) {
                        return runs.enqueue(connection, run("plain"));
                    }
                });
        calls.put("Runs.find(RunId)", () -> runs.find(pending));
        calls.put("Runs.get(RunId)", () -> runs.get(failed));
        calls.put(
                "Runs.await(RunId,Predicate,Duration)",
                () -> runs.await(pending, _ -> true, Duration.ZERO));
        calls.put("Runs.await(RunId,Duration)", () -> runs.await(failed, Duration.ZERO));
        calls.put("Runs.list(RunFilter)", () -> runs.list(RunFilter.ALL.withLimit(100)));
        calls.put("Runs.attempts(RunId)", () -> runs.attempts(failed));
        calls.put(
                "Runs.logs(RunId,Position,int)",
                () -> runs.logs(failed, LogLine.Position.START, 100));
        calls.put("Runs.cancel(RunId,String)", () -> runs.cancel(pending, "me"));
        calls.put("Runs.terminate(RunId,String)", () -> runs.terminate(pending, "me"));
        calls.put("Runs.retry(RunId,boolean)", () -> runs.retry(failed, false));
        calls.put("Runs.journal(RunId,Place,int)", () -> runs.journal(failed, null, 100));
        calls.put("Runs.state(RunId)", () -> runs.state(failed));
        calls.put("Runs.rerun(RunId,Payload)", () -> runs.rerun(failed, null));
        calls.put("Runs.counts()", runs::counts);
        calls.put("Jobs.define(Job)", () -> jobs.define(job(namespace, "plain")));
        calls.put("Jobs.find(JobName)", () -> jobs.find(job));
        calls.put("Jobs.get(JobName)", () -> jobs.get(job));
        calls.put("Jobs.list(JobName,int)", () -> jobs.list(null, 100));
        calls.put(
                "Jobs.remove(JobName)",
                () -> {
                    jobs.remove(job);
                    return "removed";
                });
        calls.put("Jobs.pause(JobName)", () -> jobs.pause(job));
        calls.put("Jobs.resume(JobName)", () -> jobs.resume(job));
        calls.put(
                "Jobs.limit(Integer)",
                () -> {
                    jobs.limit(1);
                    return "limited";
                });
        calls.put("Jobs.limit()", jobs::limit);
        calls.put(
                "Jobs.quota(Quota)",
                () -> {
                    jobs.quota(new Quota(1, 1, 1));
                    return "limited";
                });
        calls.put("Jobs.quota()", jobs::quota);
        calls.put("Events.publish(Topic,Payload)", () -> events.publish(TOPIC, Payload.NULL));
        calls.put(
                "Events.list(Topic,Boolean,EventId,int)", () -> events.list(null, null, null, 100));
        calls.put(
                "Triggers.onEvent(JobName,Topic,Payload)",
                () -> triggers.onEvent(job, TOPIC, null));
        calls.put("Triggers.onSchedule(JobName,Timetable)", () -> triggers.onSchedule(job, HOURLY));
        calls.put(
                "Triggers.declare(JobName,List)",
                () -> {
                    triggers.declare(job, List.of(HOURLY));
                    return "declared";
                });
        calls.put(
                "Triggers.preview(Schedule,Instant,int)",
                () -> triggers.preview(HOURLY.schedule(), null, 1));
        calls.put("Triggers.list(JobName)", () -> triggers.list(job));
        calls.put(
                "Triggers.decisions(JobName,TriggerId,Instant,int)",
                () -> triggers.decisions(job, things.trigger(), null, 100));
        calls.put(
                "Triggers.enable(JobName,TriggerId,boolean)",
                () -> triggers.enable(job, things.trigger(), false));
        calls.put(
                "Triggers.remove(JobName,TriggerId)",
                () -> {
                    triggers.remove(job, things.trigger());
                    return "removed";
                });
        calls.put(
                "DeadLetters.list(JobName,Boolean,RunId,int)",
                () -> letters.list(null, null, null, 100));
        calls.put("DeadLetters.find(RunId)", () -> letters.find(failed));
        calls.put("DeadLetters.retry(RunId,boolean)", () -> letters.retry(failed, false));
        calls.put(
                "DeadLetters.drop(RunId)",
                () -> {
                    letters.drop(failed);
                    return "dropped";
                });
        calls.put(
                "Deployments.deploy(String,String,boolean)",
                () -> functions.deploy("f", "export default 2", true));
        calls.put("Deployments.list()", functions::list);
        calls.put("Deployments.versions(String)", () -> functions.versions("f"));
        calls.put("Deployments.find(DeploymentId)", () -> functions.find(things.deployment()));
        calls.put("Deployments.promote(String,int)", () -> functions.promote("f", 1));
        return calls;
    }

    private static String answer(Callable<?> call) {
        try {
            return switch (call.call()) {
                case Optional<?> some when some.isEmpty() -> EMPTY;
                case OptionalInt some when some.isEmpty() -> EMPTY;
                case Collection<?> some when some.isEmpty() -> EMPTY;
                case Page<?, ?> page when page.items().isEmpty() -> EMPTY;
                case RunCounts counts when counts.byJob().isEmpty() -> EMPTY;
                default -> "something";
            };
        } catch (KedgeException.NotFound none) {
            return EMPTY;
        } catch (Exception other) {
            return other.getClass().getSimpleName();
        }
    }

    private static Map<String, String> answers(Caller caller, Things things) {
        var answers = new TreeMap<String, String>();
        calls(caller, things.namespace(), things)
                .forEach((name, call) -> answers.put(name, answer(call)));
        return answers;
    }

    @Test
    void every_call_there_is_stands_in_the_table() {
        var all =
                Stream.of(
                                Runs.class,
                                Jobs.class,
                                Events.class,
                                Triggers.class,
                                DeadLetters.class,
                                Deployments.class)
                        .flatMap(client ->
                                Arrays.stream(client.getDeclaredMethods())
                                        .filter(method ->
                                                Modifier.isPublic(method.getModifiers())
                                                        && !method.isSynthetic()))
                        .map(CallerTest::name)
                        .toList();

        assertThat(calls(ann, MINE, Objects.requireNonNull(THINGS.get(MINE))).keySet())
                .containsExactlyInAnyOrderElementsOf(all);
    }

    private static String name(Method method) {
        return Arrays.stream(method.getParameterTypes())
                .map(Class::getSimpleName)
                .collect(
                        Collectors.joining(
                                ",",
                                method.getDeclaringClass().getSimpleName()
                                        + "."
                                        + method.getName()
                                        + "(",
                                ")"));
    }

    @Test
    void kedge_P15_another_namespace_is_not_there_for_any_call() {
        var theirs = Objects.requireNonNull(THINGS.get(THEIRS));

        assertThat(answers(ann, theirs))
                .allSatisfy((_, answer) -> assertThat(answer).isEqualTo(EMPTY));
        assertThat(answers(ENGINE.as(Claims.none(ANN)), theirs))
                .allSatisfy((_, answer) -> assertThat(answer).isEqualTo(EMPTY));
        assertThat(answers(admin(ANN, MINE), theirs))
                .allSatisfy((_, answer) -> assertThat(answer).isEqualTo(EMPTY));
        assertThat(eve.runs(THEIRS).get(theirs.pending()).state()).isEqualTo(RunState.PENDING);
        assertThat(eve.deadLetters(THEIRS).find(theirs.failed())).isPresent();
        assertThat(eve.triggers(THEIRS).list(new JobName("plain"))).hasSize(1);
    }

    @Test
    void kedge_P15_the_runs_of_others_are_not_there_in_the_own_namespace_either() {
        var carla = own(person("carla"), MINE);
        var bobs = Objects.requireNonNull(THINGS.get(MINE));
        var answers = answers(carla, bobs);

        assertThat(answers)
                .allSatisfy((call, answer) ->
                        assertThat(answer).as(call).isEqualTo(expectedOfAMember(call)));
        assertThat(bob.runs(MINE).get(bobs.pending()).state()).isEqualTo(RunState.PENDING);
        assertThat(bob.runs(MINE).get(bobs.failed()).submitter()).isEqualTo(BOB);
    }

    /** A member sees definitions, submits, and sees what it submitted. */
    private static String expectedOfAMember(String call) {
        return switch (call) {
            case "Runs.enqueue(NewRun)",
                    "Runs.enqueue(Connection,NewRun)",
                    "Runs.enqueueAll(List)",
                    "Runs.enqueueEach(List)",
                    "Runs.list(RunFilter)",
                    "Jobs.find(JobName)",
                    "Jobs.get(JobName)",
                    "Jobs.list(JobName,int)",
                    "Jobs.quota()",
                    "Events.publish(Topic,Payload)",
                    "Triggers.preview(Schedule,Instant,int)",
                    "Triggers.list(JobName)" ->
                    "something";
            case "Jobs.define(Job)",
                    "Jobs.remove(JobName)",
                    "Jobs.pause(JobName)",
                    "Jobs.resume(JobName)",
                    "Jobs.limit(Integer)",
                    "Jobs.quota(Quota)",
                    "Triggers.onEvent(JobName,Topic,Payload)",
                    "Triggers.onSchedule(JobName,Timetable)",
                    "Triggers.declare(JobName,List)",
                    "Triggers.enable(JobName,TriggerId,boolean)",
                    "Triggers.remove(JobName,TriggerId)",
                    "Deployments.deploy(String,String,boolean)",
                    "Deployments.promote(String,int)" ->
                    "Forbidden";
            default -> EMPTY;
        };
    }

    @Test
    void one_submits_sees_stops_and_repeats_as_oneself() throws Exception {
        var runs = ann.runs(MINE);
        var later = runs.enqueue(run("plain").after(FAR)).run();
        assertThat(runs.get(later).submitter()).isEqualTo(ANN);

        var cancelled = runs.cancel(later, "somebody else");
        assertThat(cancelled.state()).isEqualTo(RunState.CANCELLED);
        assertThat(cancelled.cancelReason()).isEqualTo("cancelled by user:ann");

        var broken = runs.enqueue(run("fails")).run();
        assertThat(runs.await(broken, TestEngine.SOON).state()).isEqualTo(RunState.FAILED);
        assertThat(runs.journal(broken, null, 10).entries()).isNotEmpty();
        var again = runs.retry(broken, false).run();
        assertThat(runs.await(again, TestEngine.SOON).submitter()).isEqualTo(ANN);

        var done = runs.enqueue(run("plain").withTags(List.of("mine"))).run();
        runs.await(done, TestEngine.SOON);
        assertThat(runs.state(done)).containsKey("k");
        assertThat(runs.rerun(done, Payload.ofJson("43")).created()).isTrue();
    }

    @Test
    void a_running_run_is_asked_to_stop_by_its_submitter_and_by_nobody_who_only_reads()
            throws Exception {
        var held = ann.runs(MINE).enqueue(run("held")).run();
        ann.runs(MINE).await(held, now -> now.state() == RunState.RUNNING, TestEngine.SOON);
        var reader = ENGINE.as(Claims.none(person("reader")).seeingAll(MINE));

        assertThat(reader.runs(MINE).get(held).state()).isEqualTo(RunState.RUNNING);
        assertThatThrownBy(() -> reader.runs(MINE).cancel(held, "me"))
                .isInstanceOf(KedgeException.Forbidden.class);
        assertThat(ENGINE.runs(MINE).get(held).cancelRequestedAt()).isNull();

        assertThat(ann.runs(MINE).cancel(held, "me").cancelRequestedBy()).isEqualTo("user:ann");
        var first = admin(BOB, MINE).runs(MINE).cancel(held, "me");
        assertThat(first.cancelRequestedBy()).isEqualTo("user:ann");
        HELD.countDown();
    }

    @Test
    void an_administrator_sees_and_repeats_the_runs_of_all_and_they_stay_whose_they_were()
            throws Exception {
        var broken = ann.runs(MINE).enqueue(run("fails")).run();
        ann.runs(MINE).await(broken, TestEngine.SOON);
        var boss = admin(person("boss"), MINE);

        var again = boss.deadLetters(MINE).retry(broken, true).run();
        assertThat(ann.runs(MINE).await(again, TestEngine.SOON).submitter()).isEqualTo(ANN);
        var other = boss.runs(MINE).rerun(broken, Payload.ofJson("7")).run();
        assertThat(boss.runs(MINE).get(other).submitter()).isEqualTo(person("boss"));
        assertThat(ann.runs(MINE).find(other)).isEmpty();
        assertThat(boss.runs(MINE).counts().byJob()).isNotEmpty();
    }

    @Test
    void a_child_is_for_whom_its_parent_is() throws Exception {
        var parent = ann.runs(MINE).enqueue(run("invokes")).run();
        assertThat(ann.runs(MINE).await(parent, TestEngine.SOON).state())
                .isEqualTo(RunState.COMPLETED);

        assertThat(ann.runs(MINE).list(RunFilter.ALL.withLimit(100)).items())
                .filteredOn(run -> parent.equals(run.cause().parent()))
                .singleElement()
                .satisfies(child -> assertThat(child.submitter()).isEqualTo(ANN));
    }

    @Test
    void a_key_that_another_holds_is_refused_without_naming_the_run() {
        var bobs =
                bob.runs(MINE)
                        .enqueue(run("plain").after(FAR).unique("shared", OnConflict.REJECT))
                        .run();

        for (var otherwise : OnConflict.values()) {
            assertThatThrownBy(
                            () -> ann.runs(MINE).enqueue(run("plain").unique("shared", otherwise)))
                    .isInstanceOfSatisfying(
                            KedgeException.Conflict.class,
                            taken -> assertThat(taken.run()).isNull())
                    .message()
                    .doesNotContain(bobs.toString());
        }
        assertThat(bob.runs(MINE).get(bobs).state()).isEqualTo(RunState.PENDING);
        assertThat(bob.runs(MINE).enqueue(run("plain").unique("shared", OnConflict.RETURN)).run())
                .isEqualTo(bobs);
    }

    @Test
    void an_event_of_who_sees_only_its_own_reaches_no_run_of_others() throws Exception {
        var anns = ann.runs(MINE).enqueue(run("waits")).run();
        var bobs = bob.runs(MINE).enqueue(run("waits")).run();
        for (var waiting : List.of(anns, bobs)) {
            ENGINE.runs(MINE)
                    .await(waiting, now -> now.state() == RunState.SLEEPING, TestEngine.SOON);
        }

        ann.events(MINE).publish(TOPIC, Payload.ofJson("\"from ann\""));

        assertThat(ann.runs(MINE).await(anns, TestEngine.SOON).state())
                .isEqualTo(RunState.COMPLETED);
        assertThat(bob.runs(MINE).get(bobs).state()).isEqualTo(RunState.SLEEPING);
        assertThat(bob.events(MINE).list(TOPIC, null, null, 10).items()).isEmpty();
        admin(person("boss"), MINE).events(MINE).publish(TOPIC, Payload.ofJson("\"from boss\""));
        assertThat(ENGINE.result(bob.runs(MINE).await(bobs, TestEngine.SOON), String.class))
                .isEqualTo("from boss");
    }

    @Test
    void what_ten_submit_at_once_stays_with_each_of_them() throws Exception {
        var people = IntStream.range(0, 10).mapToObj(n -> person("crowd-" + n)).toList();
        var submitted = new ConcurrentHashMap<Identity, List<RunId>>();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (var person : people) {
                submitted.put(person, new ArrayList<>());
                threads.execute(() -> {
                    var runs = own(person, MINE).runs(MINE);
                    for (var i = 0; i < 50; i++) {
                        Objects.requireNonNull(submitted.get(person))
                                .add(runs.enqueue(run("plain").after(FAR)).run());
                    }
                });
            }
        }

        assertThat(people)
                .allSatisfy(person -> {
                    var seen =
                            own(person, MINE)
                                    .runs(MINE)
                                    .list(RunFilter.ALL.withLimit(100))
                                    .items()
                                    .stream()
                                    .map(run -> run.id())
                                    .toList();
                    assertThat(seen)
                            .containsExactlyInAnyOrderElementsOf(
                                    Objects.requireNonNull(submitted.get(person)));
                });
    }

    @Test
    void what_the_engine_itself_submits_is_nobodys() {
        var run = ENGINE.runs(MINE).enqueue(run("plain").after(FAR)).run();

        assertThat(ENGINE.runs(MINE).get(run).submitter()).isNull();
        assertThat(ann.runs(MINE).find(run)).isEmpty();
        assertThat(admin(BOB, MINE).runs(MINE).find(run)).isPresent();
        assertThat(ENGINE.as(Claims.everywhere(person("root"))).runs(MINE).find(run)).isPresent();
    }
}
