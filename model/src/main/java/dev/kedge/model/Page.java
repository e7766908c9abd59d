package dev.kedge.model;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A piece of a list.
 *
 * @param next where the next page begins; null on the last one
 */
public record Page<T, C>(List<T> items, @Nullable C next) {}
