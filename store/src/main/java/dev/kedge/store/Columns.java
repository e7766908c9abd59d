package dev.kedge.store;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.ToIntFunction;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * Turns a list of rows to be written into the arrays that a statement unnests.
 *
 * <p>A column with nothing in it becomes an empty array: {@code unnest} fills up with nulls what is
 * shorter than the longest, and thousands of nulls need not be spelled out and parsed again.
 */
record Columns<T>(List<T> rows) {

    UUID[] uuids(Function<T, @Nullable UUID> column) {
        return orEmpty(rows.stream().map(column).toArray(UUID[]::new));
    }

    String[] texts(Function<T, @Nullable String> column) {
        return orEmpty(rows.stream().map(column).toArray(String[]::new));
    }

    byte[][] bytes(Function<T, byte @Nullable []> column) {
        return orEmpty(rows.stream().map(column).toArray(byte[][]::new));
    }

    long[] larges(ToLongFunction<T> column) {
        return rows.stream().mapToLong(column).toArray();
    }

    int[] numbers(ToIntFunction<T> column) {
        return rows.stream().mapToInt(column).toArray();
    }

    private static <E> E[] orEmpty(E[] values) {
        return Arrays.stream(values).allMatch(Objects::isNull) ? Arrays.copyOf(values, 0) : values;
    }
}
