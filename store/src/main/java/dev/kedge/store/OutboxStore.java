package dev.kedge.store;

import dev.kedge.model.RunId;
import dev.kedge.model.RunState;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.UUID;

/** What follows from things that were committed, and the runs that it wakes. */
public final class OutboxStore {

    /** What is to be done. */
    public enum Kind {
        /** An event was published: give it to whoever waits for it. */
        EVENT,
        /** A child run ended: tell its parent. */
        CHILD_ENDED,
        /** A run ended whose child goes on: ask the child to stop. */
        ORPHANED
    }

    /** Something to be done about an event or a run. */
    public record Item(Kind kind, UUID subject) {}

    private static final Sql TAKE = Sql.load("outbox_take");
    private static final Sql PUT = Sql.load("outbox_put");
    private static final Sql HOLD = Sql.load("run_hold");
    private static final Sql WAKE = Sql.load("run_wake");
    private static final Sql PARENTS = Sql.load("child_parents");
    private static final Sql CHILD_END = Sql.load("child_end");

    /** Takes what is to be done, oldest first; it is gone if and only if {@code tx} commits. */
    public List<Item> take(Tx tx, int limit) {
        return tx.query(
                TAKE.with("limit", limit),
                row ->
                        new Item(
                                Kind.valueOf(row.text("kind").toUpperCase(Locale.ROOT)),
                                row.uuid("subject")));
    }

    /** Puts back what could not be done in one go. */
    public void put(Tx tx, List<Item> items) {
        var rows = new Columns<>(items);
        tx.update(
                PUT.with("kinds", rows.texts(item -> item.kind().name().toLowerCase(Locale.ROOT)))
                        .with("subjects", rows.uuids(Item::subject)));
    }

    /** Locks those of these runs that are active until {@code tx} ends. */
    public List<RunStore.Locked> hold(Tx tx, List<RunId> runs) {
        return tx.query(
                HOLD.with("run_ids", new Columns<>(runs).uuids(RunId::value)),
                row ->
                        new RunStore.Locked(
                                new RunId(row.uuid("run_id")),
                                row.large("epoch"),
                                RunState.of(row.text("state"))));
    }

    /** Wakes those of these runs that sleep, which the caller holds; returns their lanes. */
    public Set<Integer> wake(Tx tx, List<RunId> held) {
        return new HashSet<>(
                tx.query(
                        WAKE.with("run_ids", new Columns<>(held).uuids(RunId::value)),
                        row -> row.number("lane")));
    }

    /** The runs that wait for one of these children. */
    public List<RunId> parents(Tx tx, List<RunId> children) {
        return tx.query(
                PARENTS.with("children", new Columns<>(children).uuids(RunId::value)),
                row -> new RunId(row.uuid("run_id")));
    }

    /** Tells parents, which the caller holds, how these children ended. */
    public List<RunId> tellParents(Tx tx, List<RunId> children) {
        return tx.query(
                CHILD_END.with("children", new Columns<>(children).uuids(RunId::value)),
                row -> new RunId(row.uuid("run_id")));
    }
}
