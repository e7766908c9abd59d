package dev.kedge.api;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What became of dead letters that were to be retried.
 *
 * @param nextCursor where to go on, if there are more
 */
public record RetriedView(int retried, int refused, List<Item> items, @Nullable String nextCursor) {

    /**
     * @param letter the run that had failed
     * @param run the new run; absent where it was refused
     * @param problem why it was refused
     */
    public record Item(String letter, @Nullable String run, @Nullable Problem problem) {}
}
