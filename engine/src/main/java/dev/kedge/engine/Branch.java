package dev.kedge.engine;

import java.util.ArrayList;
import java.util.List;

/**
 * One line of a handler's code: the handler itself, or one of those that {@code all} began. Used by
 * its own thread, and by the one that joins it afterwards.
 */
final class Branch {

    private List<StepFailedException> unanswered = new ArrayList<>();
    private boolean parked;

    /** The code was given a failure. */
    void gave(StepFailedException failure) {
        unanswered.add(failure);
    }

    /** The code goes on: what failed before has been answered. */
    void goOn() {
        unanswered.forEach(StepFailedException::answer);
        unanswered.clear();
    }

    /** What this branch was given is given to the one that joins it. */
    void joinedBy(Branch other) {
        other.unanswered.addAll(unanswered);
    }

    void park() {
        parked = true;
    }

    boolean isParked() {
        return parked;
    }
}
