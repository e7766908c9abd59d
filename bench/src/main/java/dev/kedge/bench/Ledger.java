package dev.kedge.bench;

import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLongArray;

/** What handlers were called with: how often for each run, and when first. */
final class Ledger {

    private static final int PAYLOAD_BYTES = 110;
    private static final int NUMBER_AT = 6;
    private static final int NUMBER_DIGITS = 10;

    private final AtomicIntegerArray calls;
    private final AtomicLongArray startNanos;

    Ledger(int runs) {
        calls = new AtomicIntegerArray(runs);
        startNanos = new AtomicLongArray(runs);
    }

    /** The payload of the run of that number. */
    static byte[] payload(int number) {
        var head = "{\"n\":\"%010d\",\"of\":\"".formatted(number);
        var filled = head + "x".repeat(PAYLOAD_BYTES - head.length() - 2) + "\"}";
        return filled.getBytes(StandardCharsets.UTF_8);
    }

    /** A handler was called. Returns the number of its run. */
    int started(byte[] payload) {
        var number = 0;
        for (var i = NUMBER_AT; i < NUMBER_AT + NUMBER_DIGITS; i++) {
            number = number * 10 + payload[i] - '0';
        }
        started(number);
        return number;
    }

    /** The same, where the number is known. */
    void started(int number) {
        started(number, System.nanoTime());
    }

    /** The same, where it was seen by others. */
    void started(int number, long nanos) {
        if (calls.getAndIncrement(number) == 0) {
            startNanos.set(number, nanos);
        }
    }

    /** When the handler of a run was first called, by {@link System#nanoTime}. */
    long startNanos(int number) {
        return startNanos.get(number);
    }

    /** How many runs had their handler called so many times. */
    int calledTimes(int times) {
        var found = 0;
        for (var i = 0; i < calls.length(); i++) {
            found += calls.get(i) == times ? 1 : 0;
        }
        return found;
    }
}
