package dev.kedge.store;

import dev.kedge.model.Page;
import java.util.List;
import java.util.function.Function;

/**
 * A row of a page that may be shorter than asked for, because its rows are large.
 *
 * @param found how many rows the page could have had, were it not for their size
 */
record Found<T>(T item, int found) {

    /** The page that {@code rows} are; there is a further one where more was found. */
    static <T, C> Page<T, C> page(List<Found<T>> rows, Function<T, C> place) {
        var items = rows.stream().map(Found::item).toList();
        var isLast = rows.isEmpty() || rows.getFirst().found() == items.size();
        return new Page<>(items, isLast ? null : place.apply(items.getLast()));
    }
}
