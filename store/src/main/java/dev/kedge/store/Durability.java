package dev.kedge.store;

import java.util.ArrayList;
import java.util.List;

/** What this database does to keep what it has acknowledged. */
public record Durability(
        String fsync,
        String fullPageWrites,
        String synchronousCommit,
        int serverVersion,
        boolean readOnly) {

    private static final int VERSION_MIN = 150_000;
    private static final Sql READ = Sql.load("durability_read");

    public static Durability read(Tx tx) {
        return tx.one(
                READ.plain(),
                row ->
                        new Durability(
                                row.text("fsync"),
                                row.text("full_page_writes"),
                                row.text("synchronous_commit"),
                                row.number("version"),
                                row.flag("read_only")));
    }

    /**
     * Why an acknowledged write could be lost, or could not be made at all; empty if it is safe.
     */
    public List<String> faults() {
        var faults = new ArrayList<String>();
        if (serverVersion < VERSION_MIN) {
            faults.add("PostgreSQL 15 or newer is needed");
        }
        if (readOnly) {
            faults.add("the server is read-only");
        }
        if (!fsync.equals("on")) {
            faults.add("fsync is " + fsync);
        }
        if (!fullPageWrites.equals("on")) {
            faults.add("full_page_writes is " + fullPageWrites);
        }
        if (synchronousCommit.equals("off")) {
            faults.add("synchronous_commit is off");
        }
        return faults;
    }
}
