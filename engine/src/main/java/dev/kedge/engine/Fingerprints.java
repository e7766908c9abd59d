package dev.kedge.engine;

import java.util.random.RandomGenerator;

/**
 * Remembers which names were used, in two words for each at most: a run may use a hundred thousand.
 *
 * <p>Only a hash of 64 bits is kept. That two of 200,000 names share one has odds of one to a
 * billion; the seed is drawn anew for each attempt, so that it does not happen to a run again.
 */
final class Fingerprints {

    private static final int SLOTS_AT_FIRST = 64;
    private static final long ODD = 0x9E3779B97F4A7C15L;

    private final long seed;
    private long[] slots = new long[SLOTS_AT_FIRST];
    private int count;

    Fingerprints(RandomGenerator random) {
        this.seed = random.nextLong();
    }

    /** Remembers {@code name}; false where it was there already. */
    boolean add(String name) {
        if (2 * count >= slots.length) {
            grow();
        }
        var print = print(name);
        var slot = slotOf(print);
        if (slots[slot] == print) {
            return false;
        }
        slots[slot] = print;
        count++;
        return true;
    }

    private void grow() {
        var old = slots;
        slots = new long[2 * old.length];
        for (var print : old) {
            if (print != 0) {
                slots[slotOf(print)] = print;
            }
        }
    }

    /** Where a fingerprint is, or would go. */
    private int slotOf(long print) {
        var slot = (int) print & (slots.length - 1);
        while (slots[slot] != 0 && slots[slot] != print) {
            slot = (slot + 1) & (slots.length - 1);
        }
        return slot;
    }

    /** Never 0, which stands for an empty slot. */
    private long print(String name) {
        var hash = seed;
        for (var i = 0; i < name.length(); i++) {
            hash = (hash ^ name.charAt(i)) * ODD;
            hash ^= hash >>> 32;
        }
        return hash == 0 ? 1 : hash;
    }
}
