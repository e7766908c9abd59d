package dev.kedge.engine.keeper;

import dev.kedge.model.RunState;
import dev.kedge.model.Transition;
import dev.kedge.store.LeaseStore;
import dev.kedge.store.RunStore;
import dev.kedge.store.Tx;
import dev.kedge.store.Verdict;
import java.util.ArrayList;
import java.util.List;

/** Stops runs on behalf of Kedge itself: who is running is asked to stop, others end at once. */
public record Cancels(RunStore runs, LeaseStore leases) {

    /** The caller has locked the runs. */
    void cancel(Tx tx, List<RunStore.Locked> held, String reason) {
        Transition.Ends cancel = new Transition.Cancel(reason);
        var idle = new ArrayList<Verdict<Transition.Ends>>();
        for (var run : held) {
            if (run.state() == RunState.RUNNING) {
                runs.askCancel(tx, run, reason);
            } else {
                idle.add(new Verdict<>(run.run(), run.epoch(), cancel));
            }
        }
        if (!idle.isEmpty()) {
            leases.end(tx, idle);
        }
    }
}
