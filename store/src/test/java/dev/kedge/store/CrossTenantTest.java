package dev.kedge.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * A hundred thousand random questions of random callers, asked of PostgreSQL as the role that
 * callers have: about any table, with conditions that reach for what is not theirs. What comes back
 * is compared with who owns what, as it was written down when it was made.
 */
class CrossTenantTest {

    private static final int QUERIES = 100_000;
    private static final int SHAPES = 400;
    private static final int QUERIES_PER_CALLER = 25;
    private static final int CALLERS_PER_ROUND_TRIP = 10;
    private static final int CONNECTIONS = 2;

    private static final List<String> NAMESPACES =
            IntStream.range(0, 6).mapToObj(n -> "tenant-" + n).toList();
    private static final List<String> PEOPLE =
            IntStream.range(0, 6).mapToObj(n -> "user:" + n).toList();

    /** Tables by run, with the column that names the run. */
    private static final Map<String, String> BY_RUN =
            Map.ofEntries(
                    Map.entry("run", "run_id"),
                    Map.entry("active_run", "run_id"),
                    Map.entry("ended_run", "run_id"),
                    Map.entry("attempt", "run_id"),
                    Map.entry("run_log", "run_id"),
                    Map.entry("step", "run_id"),
                    Map.entry("wait", "run_id"),
                    Map.entry("run_state", "run_id"),
                    Map.entry("dead_letter", "run_id"),
                    Map.entry("event", "event_id"), // Its id is that of the run that emitted it.
                    Map.entry("event_run", "run_id"),
                    Map.entry("run_summary", "run_id"),
                    Map.entry("run_overview", "run_id"));

    private static final List<String> BY_NAMESPACE =
            List.of("job", "lane", "namespace_limit", "trigger", "cron_slot", "function");
    private static final List<String> FOR_THOSE_WHO_SEE_ALL =
            List.of("deployment", "run_tally", "run_tally_change");

    /** A question, prepared under a number; what it answers with are runs or namespaces. */
    private record Shape(int number, String table, String sql, boolean whole) {}

    private record Asker(
            @Nullable String id,
            boolean everywhere,
            Set<String> own,
            Set<String> all,
            Set<String> administers) {

        boolean sees(Tenants.Owned run) {
            return everywhere
                    || all.contains(run.namespace())
                    || (id != null && id.equals(run.submitter()) && own.contains(run.namespace()));
        }

        boolean seesAllOf(String namespace) {
            return everywhere || all.contains(namespace);
        }

        boolean reaches(String namespace) {
            return seesAllOf(namespace)
                    || own.contains(namespace)
                    || administers.contains(namespace);
        }
    }

    private record Found(long queries, long rows, List<String> leaks, List<String> hidden) {}

    private static final TestDb DB = TestDb.fresh();

    @Test
    void kedge_P15_a_hundred_thousand_random_queries_find_nothing_of_others() throws Exception {
        var seed = Long.getLong("kedge.seed", new SecureRandom().nextLong());
        var runs = Tenants.fill(DB, everybodysRuns());
        try (var pool = Executors.newFixedThreadPool(CONNECTIONS)) {
            var asking = new ArrayList<Callable<Found>>();
            for (var i = 0; i < CONNECTIONS; i++) {
                var random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed + i);
                asking.add(() -> new Session(runs, random).ask(QUERIES / CONNECTIONS));
            }
            var found = new ArrayList<Found>();
            for (var answer : pool.invokeAll(asking)) {
                found.add(answer.get());
            }
            var again = "found with -Dkedge.seed=" + seed;
            assertThat(found.stream().flatMap(some -> some.leaks().stream())).as(again).isEmpty();
            assertThat(found.stream().flatMap(some -> some.hidden().stream())).as(again).isEmpty();
            assertThat(found.stream().mapToLong(Found::queries).sum()).isEqualTo(QUERIES);
            assertThat(found.stream().mapToLong(Found::rows).sum())
                    .as("rows that were found, rightly")
                    .isGreaterThan(QUERIES);
        }
    }

    private static List<Tenants.Owned> everybodysRuns() {
        var runs = new ArrayList<Tenants.Owned>();
        for (var namespace : NAMESPACES) {
            for (var person : PEOPLE) {
                runs.add(new Tenants.Owned(UUID.randomUUID().toString(), namespace, person));
            }
            runs.add(new Tenants.Owned(UUID.randomUUID().toString(), namespace, null));
        }
        return runs;
    }

    /** One connection, on which shapes are prepared once and asked by ever other callers. */
    private static final class Session {

        private final Map<String, Tenants.Owned> runs;
        private final List<String> runIds;
        private final RandomGenerator random;
        private final List<Shape> shapes = new ArrayList<>();
        private final List<String> leaks = new ArrayList<>();
        private final List<String> hidden = new ArrayList<>();
        private long queries;
        private long rows;

        Session(Map<String, Tenants.Owned> runs, RandomGenerator random) {
            this.runs = runs;
            this.runIds = List.copyOf(runs.keySet());
            this.random = random;
        }

        Found ask(int wanted) throws SQLException {
            try (var connection = DB.asOwner();
                    var statement = connection.createStatement()) {
                prepare(connection);
                while (queries < wanted) {
                    roundTrip(statement);
                }
                return new Found(queries, rows, leaks, hidden);
            }
        }

        private void prepare(Connection connection) throws SQLException {
            Tenants.execute(connection, "set plan_cache_mode = force_generic_plan");
            Tenants.execute(connection, "set jit = off");
            for (var number = 0; number < SHAPES; number++) {
                var shape = shape(number);
                shapes.add(shape);
                Tenants.execute(
                        connection,
                        "prepare q%d (text, text, uuid) as ".formatted(number) + shape.sql());
            }
        }

        private Shape shape(int number) {
            var tables = new TreeSet<>(BY_RUN.keySet());
            tables.addAll(BY_NAMESPACE);
            tables.addAll(FOR_THOSE_WHO_SEE_ALL);
            var table = List.copyOf(tables).get(random.nextInt(tables.size()));
            var key = BY_RUN.getOrDefault(table, "namespace");
            var whole = random.nextInt(8) == 0;
            var condition = whole ? "true" : condition(table, key, 0);
            var from = "kedge." + table + " as t";
            var sql =
                    switch (random.nextInt(whole ? 2 : 5)) {
                        case 0 -> "select t.%s::text as k from %s where %s";
                        case 1 ->
                                "with seen as (select t.* from %2$s where %3$s)"
                                        + " select %1$s::text as k from seen as t";
                        case 2 ->
                                "select t.%s::text as k from %s left join lateral (select x.run_id from kedge.run"
                                        + " as x where x.run_id = $3 or x.namespace = $1 limit 3) as o on"
                                        + " true"
                                        + " where (%s)";
                        case 3 -> "select max(t.%s::text) as k from %s where %s group by %1$s";
                        default ->
                                "select t.%s::text as k from %s where %s union select"
                                        + " %1$s::text from kedge."
                                        + table
                                        + " where %1$s::text > $2";
                    };
            return new Shape(
                    number,
                    table,
                    "select array_agg(distinct k) from (%s) as answer"
                            .formatted(sql.formatted(key, from, condition)),
                    whole);
        }

        private String condition(String table, String key, int depth) {
            var hasNamespace =
                    !Set.of("attempt", "run_log", "step", "run_state", "event_run").contains(table);
            return switch (random.nextInt(depth > 2 ? 5 : 9)) {
                case 0 -> hasNamespace ? "t.namespace = $1" : "t.%s::text > $2".formatted(key);
                case 1 -> "t.%s::text > $2".formatted(key);
                case 2 -> "t.%s::text <> $2".formatted(key);
                case 3 ->
                        key.equals("namespace")
                                ? "t.namespace like $1 || '%'"
                                : "t.%s = $3".formatted(key);
                case 4 ->
                        "exists (select from kedge.run as r where r.namespace = $1 and (r.run_id ="
                                + " $3 or r.submitted_by = $2))";
                case 5 ->
                        "(%s or %s)"
                                .formatted(
                                        condition(table, key, depth + 1),
                                        condition(table, key, depth + 1));
                case 6 ->
                        "(%s and %s)"
                                .formatted(
                                        condition(table, key, depth + 1),
                                        condition(table, key, depth + 1));
                case 7 -> "not (%s)".formatted(condition(table, key, depth + 1));
                default ->
                        key.equals("namespace")
                                ? "t.namespace in (select j.namespace from kedge.job as j)"
                                : "t.%s in (select r.run_id from kedge.ended_run as r where"
                                                .formatted(key)
                                        + " r.namespace <> $1)";
            };
        }

        private void roundTrip(Statement statement) throws SQLException {
            var sql = new StringBuilder("begin;");
            var asked = new ArrayList<Shape>();
            var askers = new ArrayList<Asker>();
            for (var i = 0; i < CALLERS_PER_ROUND_TRIP; i++) {
                var asker = asker();
                sql.append(claims(asker));
                for (var q = 0; q < QUERIES_PER_CALLER; q++) {
                    var shape = shapes.get(random.nextInt(shapes.size()));
                    asked.add(shape);
                    askers.add(asker);
                    sql.append(
                            "execute q%d ('%s', '%s', '%s');"
                                    .formatted(
                                            shape.number(),
                                            any(NAMESPACES),
                                            random.nextBoolean() ? any(PEOPLE) : any(runIds),
                                            any(runIds)));
                }
            }
            statement.execute(sql.append("commit").toString());
            var number = 0;
            while (number < asked.size()) {
                if (statement.getMoreResults()) {
                    var result = statement.getResultSet();
                    if (result.getMetaData().getColumnLabel(1).equals("array_agg")) {
                        check(askers.get(number), asked.get(number), result);
                        number++;
                    }
                }
            }
        }

        private void check(Asker asker, Shape shape, ResultSet result) throws SQLException {
            queries++;
            result.next();
            var array = result.getArray(1);
            var found = array == null ? Set.<String>of() : Set.of((String[]) array.getArray());
            rows += found.size();
            var allowed = allowed(asker, shape.table());
            if (!allowed.containsAll(found)) {
                var others = new HashSet<>(found);
                others.removeAll(allowed);
                leaks.add("%s of %s to %s by %s".formatted(others, shape.table(), asker, shape));
            }
            if (shape.whole() && !found.containsAll(allowed)) {
                hidden.add("%s from %s".formatted(shape.table(), asker));
            }
        }

        private Set<String> allowed(Asker asker, String table) {
            if (BY_RUN.containsKey(table)) {
                return runs.values().stream()
                        .filter(asker::sees)
                        .map(Tenants.Owned::run)
                        .collect(Collectors.toSet());
            }
            return NAMESPACES.stream()
                    .filter(namespace ->
                            BY_NAMESPACE.contains(table)
                                    ? asker.reaches(namespace)
                                    : asker.seesAllOf(namespace)
                                            || (table.equals("deployment")
                                                    && asker.administers().contains(namespace)))
                    .collect(Collectors.toSet());
        }

        private Asker asker() {
            return new Asker(
                    random.nextInt(20) == 0 ? null : any(PEOPLE),
                    random.nextInt(40) == 0,
                    some(2),
                    some(1),
                    some(1));
        }

        private Set<String> some(int atMost) {
            return IntStream.range(0, random.nextInt(atMost + 1))
                    .mapToObj(_ -> any(NAMESPACES))
                    .collect(Collectors.toSet());
        }

        private static String claims(Asker asker) {
            return ("select set_config('role', 'none', true), set_config('kedge.principal', '%s',"
                            + " true), set_config('kedge.everywhere', '%s', true),"
                            + " set_config('kedge.sees_own', '%s', true),"
                            + " set_config('kedge.sees_all', '%s', true),"
                            + " set_config('kedge.administers', '%s', true), set_config('role',"
                            + " 'kedge_user', true);")
                    .formatted(
                            asker.id() == null ? "" : asker.id(),
                            asker.everywhere() ? "on" : "",
                            String.join(",", asker.own()),
                            String.join(",", asker.all()),
                            String.join(",", asker.administers()));
        }

        private <T> T any(List<T> some) {
            return some.get(random.nextInt(some.size()));
        }
    }
}
