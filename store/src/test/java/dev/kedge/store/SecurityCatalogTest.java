package dev.kedge.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the catalog says of row security, whatever tables and functions are added later. */
class SecurityCatalogTest {

    /** Tables without row security, each with the reason why. */
    private static final List<String> UNGUARDED =
            List.of("schema_change"); // Flyway's: which migrations were made. Nobody else is let at

    // it.

    /** Functions that run with the rights of Kedge's owner, each with what it gives away. */
    private static final List<String> WITH_THE_OWNERS_RIGHTS =
            List.of(
                    "active_runs", // A number, to the role of the shared commits.
                    "audit_append", // An entry at the end of a chain, to nobody but the owner yet.
                    "enqueue"); // One pending run, to applications that were granted it.

    private static final TestDb DB = TestDb.fresh();

    @Test
    void row_security_is_forced_on_every_table_and_partition() throws SQLException {
        DB.db().inTransaction(tx -> new TimerStore().makePartitions(tx, 5));

        assertThat(
                        rows(
                                "select relname from pg_class where relnamespace ="
                                        + " 'kedge'::regnamespace and relkind in ('r', 'p', 'm', 'f')"
                                        + " and not (relrowsecurity and relforcerowsecurity)"))
                .containsExactlyElementsOf(UNGUARDED);
        assertThat(
                        rows(
                                "select relname from pg_class as c where relnamespace ="
                                        + " 'kedge'::regnamespace and relkind in ('r', 'p') and not"
                                        + " exists (select from pg_policies as p where p.schemaname ="
                                        + " 'kedge' and p.tablename = c.relname and p.policyname ="
                                        + " 'engine' and p.roles = array[pg_get_userbyid(c.relowner)])"))
                .as("tables that their owner is not let at")
                .containsExactlyElementsOf(UNGUARDED);
        assertThat(number("select count(*) from pg_class where relname like 'run_state_2%'"))
                .as("partitions there were to look at")
                .isGreaterThan(5);
    }

    @Test
    void no_role_but_the_owner_has_a_policy_that_lets_it_at_everything() throws SQLException {
        assertThat(
                        rows(
                                "select tablename || ' ' || policyname from pg_policies where"
                                        + " schemaname = 'kedge' and policyname <> 'engine' and (qual ="
                                        + " 'true' or with_check = 'true' or 'public' = any(roles))"))
                .isEmpty();
    }

    @Test
    void what_runs_with_the_rights_of_another_is_on_a_reviewed_list() throws SQLException {
        assertThat(
                        rows(
                                "select distinct proname from pg_proc where pronamespace ="
                                        + " 'kedge'::regnamespace and prosecdef order by 1"))
                .containsExactlyElementsOf(WITH_THE_OWNERS_RIGHTS);
        assertThat(
                        rows(
                                "select proname from pg_proc where pronamespace ="
                                        + " 'kedge'::regnamespace and prosecdef and not"
                                        + " coalesce(proconfig::text like '%search_path=%', false)"))
                .as("such functions without a search path of their own")
                .isEmpty();
        assertThat(
                        rows(
                                "select proname from pg_proc where pronamespace ="
                                        + " 'kedge'::regnamespace and proleakproof"))
                .isEmpty();
        assertThat(
                        rows(
                                "select relname from pg_class where relnamespace ="
                                        + " 'kedge'::regnamespace and relkind = 'v' and not"
                                        + " coalesce(reloptions @> '{security_invoker=true}', false)"))
                .as("views that show what their owner sees")
                .isEmpty();
        assertThat(number("select count(*) from pg_views where schemaname = 'kedge'")).isPositive();
    }

    @Test
    void nobody_may_do_anything_who_was_not_named() throws SQLException {
        assertThat(
                        rows(
                                "select p.proname from pg_proc as p cross join lateral"
                                        + " aclexplode(coalesce(p.proacl, acldefault('f', p.proowner)))"
                                        + " as a where p.pronamespace = 'kedge'::regnamespace and"
                                        + " a.grantee = 0"))
                .as("functions that everybody may call")
                .isEmpty();
        assertThat(
                        rows(
                                "select c.relname from pg_class as c cross join lateral"
                                        + " aclexplode(c.relacl) as a where c.relnamespace ="
                                        + " 'kedge'::regnamespace and a.grantee = 0"))
                .as("tables that everybody may use")
                .isEmpty();
        assertThat(
                        rows(
                                "select rolname from pg_roles where rolname in ('kedge_user',"
                                        + " 'kedge_writer', 'kedge_owner') and (rolsuper or"
                                        + " rolbypassrls)"))
                .isEmpty();
        assertThat(
                        rows(
                                "select relname from pg_class where relnamespace ="
                                        + " 'kedge'::regnamespace and relispartition and relkind <>"
                                        + " 'i' and (has_any_column_privilege('kedge_user', oid,"
                                        + " 'select, insert, update') or"
                                        + " has_any_column_privilege('kedge_writer', oid, 'select,"
                                        + " insert, update'))"))
                .as("partitions that are reached past their parent")
                .isEmpty();
    }

    private static long number(String sql) throws SQLException {
        return Long.parseLong(rows(sql).getFirst());
    }

    private static List<String> rows(String sql) throws SQLException {
        try (var connection = DB.asOwner();
                var statement = connection.createStatement();
                var result = statement.executeQuery(sql)) {
            var rows = new ArrayList<String>();
            while (result.next()) {
                rows.add(result.getString(1));
            }
            return rows;
        }
    }
}
