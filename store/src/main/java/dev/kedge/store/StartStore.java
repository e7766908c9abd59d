package dev.kedge.store;

import dev.kedge.model.Lease;
import dev.kedge.model.Namespace;
import dev.kedge.model.RunId;
import dev.kedge.model.Spent;
import dev.kedge.store.LeaseStore.Holder;
import dev.kedge.store.RunStore.Submitted;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Submissions that are leased by the very statement that stores them. */
public final class StartStore {

    private static final Sql START = Sql.load("run_start");
    private static final int FIRST = 1;

    /**
     * Writes submissions, and leases those of {@code here} to {@code holder} that may start at
     * once: they overtake nobody, and no limit and no pause holds them back. The others are put in
     * the queue. One that is there already, by id, is left alone, so a batch whose outcome stayed
     * unknown may be written again.
     *
     * @param here the runs that the holder has room for, and what it offers for each
     * @return the leases that were given
     */
    public List<Claimed> insert(
            Tx tx, List<Submitted> runs, Holder holder, Map<RunId, Offer> here) {
        var byId = runs.stream().collect(Collectors.toMap(Submitted::id, Function.identity()));
        var starts = new boolean[runs.size()];
        for (var i = 0; i < starts.length; i++) {
            starts[i] = here.containsKey(runs.get(i).id());
        }
        var parties = new Columns<>(List.copyOf(RunStore.parties(runs)));
        var statement =
                RunStore.bound(START, runs)
                        .with("worker", holder.worker().value())
                        .with("gen", holder.gen())
                        .with("here", starts)
                        .with("batch_namespaces", parties.texts(party -> party.namespace().value()))
                        .with("batch_submitters", parties.texts(Party::submitter))
                        .with(
                                "deployments",
                                new Columns<>(runs)
                                        .uuids(run -> Offer.deploymentOf(here.get(run.id()))));
        return tx.query(
                statement,
                row -> {
                    var id = new RunId(row.uuid("run_id"));
                    return firstLease(
                            Objects.requireNonNull(byId.get(id)),
                            new Namespace(row.text("namespace")),
                            holder,
                            Objects.requireNonNull(here.get(id)));
                });
    }

    private static Claimed firstLease(
            Submitted run, Namespace namespace, Holder holder, Offer offer) {
        return new Claimed(
                new Lease(run.id(), FIRST, holder.worker()),
                namespace,
                run.run().job(),
                FIRST,
                Spent.NOTHING,
                offer.deployment(),
                run.run().payload(),
                run.run().maxAttempts(),
                run.run().timeout(),
                run.run().origin() != null,
                null,
                run.submitter());
    }
}
