package dev.kedge.api;

import java.time.Instant;
import java.util.List;

/** A run's own values, by key. */
public record StateView(List<Item> items) {

    /**
     * @param updatedAt when it was last set
     */
    public record Item(String key, RawJson value, Instant updatedAt) {}
}
