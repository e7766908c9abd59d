package dev.kedge.api;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What became of a batch.
 *
 * @param items one for each item that was sent, in that order
 */
public record BatchView(int accepted, int refused, List<Item> items) {

    /**
     * @param id the run that stands for the item; absent where it was refused
     * @param created false where an active run with the same business key was answered instead
     * @param problem why it was refused
     */
    public record Item(@Nullable String id, @Nullable Boolean created, @Nullable Problem problem) {}
}
