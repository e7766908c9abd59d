package dev.kedge.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kedge.embedded.TestPostgres;
import dev.kedge.model.AuditChain;
import dev.kedge.model.AuditEntry;
import dev.kedge.model.AuditHead;
import dev.kedge.model.AuditNote;
import dev.kedge.model.KedgeException;
import dev.kedge.model.Namespace;
import dev.kedge.model.Payload;
import dev.kedge.model.PrincipalId;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The rows are tampered with by a superuser who has switched the trigger off. */
class AuditStoreTest {

    private static final int ENTRIES = 9;
    private static final PrincipalId ADA = new PrincipalId("user:ada");

    private static final TestDb DB = TestDb.fresh();
    private static int chains;

    private final AuditStore audits = new AuditStore();
    private final Namespace namespace = new Namespace("chain-" + ++chains);

    @Test
    void entries_are_numbered_without_a_gap_and_follow_each_other() {
        var notes =
                List.of(
                        AuditNote.of("job.define", "send-mail"),
                        new AuditNote(
                                "function.deploy",
                                "näh \u2028 \uD83D\uDE00",
                                Payload.ofJson("{\"b\":1,  \"a\":2}")),
                        AuditNote.of("key.revoke", "x".repeat(AuditNote.SUBJECT_CHARS_MAX)));
        notes.forEach(note -> append(namespace, note));

        var entries = entries(namespace);

        assertThat(entries).extracting(AuditEntry::no).containsExactly(1L, 2L, 3L);
        assertThat(entries).extracting(AuditEntry::note).isEqualTo(notes);
        assertThat(entries).extracting(AuditEntry::principal).containsOnly(ADA);
        assertThat(faults(namespace)).isEmpty();
        var head = head(namespace);
        assertThat(head.no()).isEqualTo(3);
        assertThat(head.hash()).isEqualTo(entries.getLast().hash());
    }

    @Test
    void what_is_rolled_back_leaves_no_gap() {
        fill(2);
        assertThatThrownBy(() ->
                        DB.db()
                                .inTransaction(tx -> {
                                    audits.append(
                                            tx, namespace, ADA, AuditNote.of("job.pause", "a"));
                                    throw new KedgeException.Invalid("act", "failed after all");
                                }))
                .isInstanceOf(KedgeException.Invalid.class);
        fill(2);

        assertThat(entries(namespace)).extracting(AuditEntry::no).containsExactly(1L, 2L, 3L, 4L);
        assertThat(faults(namespace)).isEmpty();
    }

    @Test
    void writers_that_come_together_make_one_chain() throws Exception {
        var writers =
                Stream.<Callable<Long>>generate(() -> () -> append(namespace, note(0))).limit(60);
        try (var threads = Executors.newFixedThreadPool(6)) {
            for (var writer : threads.invokeAll(writers.toList())) {
                writer.get();
            }
        }

        assertThat(entries(namespace))
                .extracting(AuditEntry::no)
                .isEqualTo(LongStream.rangeClosed(1, 60).boxed().toList());
        assertThat(faults(namespace)).isEmpty();
    }

    @Test
    void the_chain_of_the_installation_is_one_of_its_own() {
        append(null, AuditNote.of("key.create", "key:1"));
        fill(1);

        assertThat(entries(null)).extracting(AuditEntry::namespace).containsOnlyNulls();
        assertThat(faults(null)).isEmpty();
        assertThat(entries(namespace)).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "update kedge.audit set subject = 'other' where namespace = '%s'",
                "delete from kedge.audit where namespace = '%s'",
                "truncate kedge.audit",
                "delete from kedge.audit_head where namespace = '%s'",
                "truncate kedge.audit_head",
            })
    void nobody_changes_what_was_written(String statement) throws Exception {
        fill(2);

        assertThatThrownBy(() -> execute(statement.formatted(namespace)))
                .isInstanceOf(SQLException.class)
                .hasMessageContaining("what was written is not changed");
        assertThat(entries(namespace)).hasSize(2);
    }

    @Test
    void nobody_is_granted_more_than_to_read_and_to_write_on() throws Exception {
        assertThat(
                        rows(
                                "select distinct privilege_type from"
                                        + " information_schema.role_table_grants where table_schema"
                                        + " = 'kedge' and table_name = 'audit'"))
                .containsExactlyInAnyOrder("INSERT", "SELECT", "REFERENCES", "TRIGGER");
        assertThat(
                        rows(
                                "select p.proacl::text from pg_proc as p where p.oid ="
                                        + " 'kedge.audit_append(text, text, text, text,"
                                        + " text)'::regprocedure"))
                .as("executed by its owner alone")
                .singleElement()
                .asString()
                .matches("\\{(\\w+)=X/\\1}");
    }

    @ParameterizedTest
    @CsvSource({
        "principal, 'principal || ''x'''",
        "act, '''job.other'''",
        "subject, 'subject || '' '''",
        "details, '''{}'''",
        "at, 'at + interval ''1 microsecond'''",
        "hash, 'sha256(hash)'"
    })
    void an_entry_that_was_changed_is_found(String column, String value) throws Exception {
        fill(ENTRIES);
        tamper(
                "update kedge.audit set %s = %s where namespace = '%s' and no = 4"
                        .formatted(column, value, namespace));

        assertThat(faults(namespace)).extracting(AuditChain.Fault::no).contains(4L);
    }

    @Test
    void an_entry_that_was_changed_and_hashed_anew_is_found_by_the_next_one() throws Exception {
        fill(ENTRIES);
        tamper(
                "update kedge.audit set subject = 'other' where namespace = '%s' and no = 4"
                        .formatted(namespace));
        tamper(rehash(4, 4));

        assertThat(faults(namespace)).extracting(AuditChain.Fault::no).containsExactly(5L);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 4, ENTRIES})
    void an_entry_that_is_missing_is_found(int no) throws Exception {
        fill(ENTRIES);
        tamper(
                "delete from kedge.audit where namespace = '%s' and no = %d"
                        .formatted(namespace, no));

        assertThat(faults(namespace)).extracting(AuditChain.Fault::no).contains((long) no);
    }

    @Test
    void a_gap_that_was_closed_by_counting_anew_is_found() throws Exception {
        fill(ENTRIES);
        tamper("delete from kedge.audit where namespace = '%s' and no = 4".formatted(namespace));
        for (var no = 5; no <= ENTRIES; no++) {
            tamper(
                    "update kedge.audit set no = no - 1 where namespace = '%s' and no = %d"
                            .formatted(namespace, no));
        }

        assertThat(faults(namespace)).extracting(AuditChain.Fault::no).contains(4L);
    }

    @Test
    void entries_that_changed_places_are_found() throws Exception {
        fill(ENTRIES);
        tamper(
                "update kedge.audit set no = 100 where namespace = '%s' and no = 4"
                        .formatted(namespace));
        tamper(
                "update kedge.audit set no = 4 where namespace = '%s' and no = 5"
                        .formatted(namespace));
        tamper(
                "update kedge.audit set no = 5 where namespace = '%s' and no = 100"
                        .formatted(namespace));

        assertThat(faults(namespace)).extracting(AuditChain.Fault::no).contains(4L, 5L);
    }

    @Test
    void an_entry_that_was_put_in_is_found() throws Exception {
        fill(ENTRIES);
        tamper(
                ("insert into kedge.audit select namespace, 10, at, principal, act, 'forged', details,"
                                + " hash from kedge.audit where namespace = '%s' and no = 9")
                        .formatted(namespace));

        assertThat(faults(namespace)).extracting(AuditChain.Fault::no).containsExactly(10L);
    }

    @Test
    void an_entry_of_another_chain_fits_nowhere() throws Exception {
        fill(3);
        var other = new Namespace("chain-" + ++chains);
        tamper(
                "update kedge.audit set namespace = '%s' where namespace = '%s'"
                        .formatted(other, namespace));

        assertThat(faults(other)).extracting(AuditChain.Fault::no).containsExactly(1L, 2L, 3L);
    }

    @Test
    void a_tail_that_was_cut_is_found_by_the_chains_own_head() throws Exception {
        fill(ENTRIES);
        tamper("delete from kedge.audit where namespace = '%s' and no > 6".formatted(namespace));

        assertThat(faults(namespace)).extracting(AuditChain.Fault::no).containsExactly(9L);
    }

    @Test
    void a_tail_that_was_cut_together_with_the_head_is_found_by_a_head_that_was_kept()
            throws Exception {
        fill(ENTRIES);
        var kept = head(namespace);
        tamper("delete from kedge.audit where namespace = '%s' and no > 6".formatted(namespace));
        tamper(
                ("update kedge.audit_head as h set no = 6, hash = (select hash from kedge.audit as a"
                                + " where a.namespace = h.namespace and no = 6) where namespace = '%s'")
                        .formatted(namespace));
        fill(1);

        assertThat(faults(namespace)).as("the forger is good").isEmpty();
        assertThat(faults(namespace, kept)).extracting(AuditChain.Fault::no).containsExactly(9L);
        fill(2);
        assertThat(faults(namespace, kept))
                .as("grown beyond the head again")
                .extracting(AuditChain.Fault::no)
                .containsExactly(9L);
    }

    @Test
    void a_chain_that_was_written_anew_as_a_whole_is_found_by_a_head_that_was_kept()
            throws Exception {
        fill(ENTRIES);
        var kept = head(namespace);
        tamper(
                "update kedge.audit set subject = 'other' where namespace = '%s' and no = 4"
                        .formatted(namespace));
        for (var no = 4; no <= ENTRIES; no++) {
            tamper(rehash(no, no));
        }
        tamper(
                ("update kedge.audit_head as h set hash = (select hash from kedge.audit as a where"
                                + " a.namespace = h.namespace and a.no = h.no) where namespace = '%s'")
                        .formatted(namespace));

        assertThat(faults(namespace)).as("the forger is good").isEmpty();
        assertThat(faults(namespace, kept)).extracting(AuditChain.Fault::no).containsExactly(9L);
    }

    @Test
    void what_was_done_lately_is_found_by_who_did_it_and_what_it_was() {
        fill(3);
        append(namespace, AuditNote.of("key.revoke", "key:7"));
        fill(3);

        assertThat(list(new AuditStore.Filter(null, null, null, 2)))
                .extracting(AuditEntry::no)
                .containsExactly(7L, 6L);
        assertThat(list(new AuditStore.Filter(null, null, 6L, 2)))
                .extracting(AuditEntry::no)
                .containsExactly(5L, 4L);
        assertThat(list(new AuditStore.Filter(ADA, "key.revoke", null, 10)))
                .extracting(AuditEntry::no)
                .containsExactly(4L);
        assertThat(list(new AuditStore.Filter(new PrincipalId("user:bob"), null, null, 10)))
                .isEmpty();
    }

    @Test
    void chains_that_went_on_are_known_by_the_time_of_their_last_entry() {
        fill(1);
        var first = head(namespace);
        var other = new Namespace("chain-" + ++chains);
        append(other, note(1));

        assertThat(heads(first.at())).contains(first, head(other));
        assertThat(heads(first.at().plusNanos(1_000))).contains(head(other)).doesNotContain(first);
    }

    private List<AuditHead> heads(Instant since) {
        return DB.db().autocommit(tx -> audits.heads(tx, since, 100));
    }

    private List<AuditEntry> list(AuditStore.Filter filter) {
        return DB.db().autocommit(tx -> audits.list(tx, namespace, filter));
    }

    private void fill(int entries) {
        for (var i = 0; i < entries; i++) {
            append(namespace, note(i));
        }
    }

    private static AuditNote note(int i) {
        return new AuditNote(
                "job.define", "job-" + i, Payload.ofJson("{\"version\":%d}".formatted(i)));
    }

    private long append(@Nullable Namespace chain, AuditNote note) {
        return DB.db().transaction(tx -> audits.append(tx, chain, ADA, note));
    }

    private List<AuditEntry> entries(@Nullable Namespace chain) {
        return DB.db().autocommit(tx -> audits.walk(tx, chain, 0, 1_000));
    }

    private AuditHead head(@Nullable Namespace chain) {
        return Objects.requireNonNull(DB.db().<AuditHead>find(tx -> audits.head(tx, chain)));
    }

    /** What a walk along the chain finds that knows its head, and those that were kept. */
    private List<AuditChain.Fault> faults(@Nullable Namespace chain, AuditHead... kept) {
        var walk = new AuditChain(chain);
        var head = DB.db().find(tx -> audits.head(tx, chain));
        if (head != null) {
            walk.expect(head);
        }
        Stream.of(kept).forEach(walk::expect);
        entries(chain).forEach(walk::next);
        return walk.end();
    }

    /** Makes the hashes of entries fit again to what is before them. */
    private String rehash(int from, int to) {
        return ("update kedge.audit as a set hash = kedge.audit_hash((select hash from kedge.audit as b"
                        + " where b.namespace = a.namespace and b.no = a.no - 1), namespace, no, at,"
                        + " principal, act, subject, details)"
                        + " where namespace = '%s' and no between %d and %d")
                .formatted(namespace, from, to);
    }

    private void tamper(String statement) throws SQLException {
        execute("set session_replication_role = replica; " + statement);
    }

    private static List<String> rows(String query) throws SQLException {
        try (var connection =
                        DriverManager.getConnection(
                                DB.url(),
                                TestPostgres.shared().user(),
                                TestPostgres.shared().password());
                var statement = connection.createStatement();
                var result = statement.executeQuery(query)) {
            var rows = new ArrayList<String>();
            while (result.next()) {
                rows.add(result.getString(1));
            }
            return rows;
        }
    }

    private static void execute(String statements) throws SQLException {
        try (var connection =
                        DriverManager.getConnection(
                                DB.url(),
                                TestPostgres.shared().user(),
                                TestPostgres.shared().password());
                var statement = connection.createStatement()) {
            statement.execute(statements);
        }
    }
}
