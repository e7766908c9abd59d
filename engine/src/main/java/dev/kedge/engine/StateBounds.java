package dev.kedge.engine;

import dev.kedge.model.KedgeException;
import dev.kedge.model.Payload;
import java.util.Map;

/** How large a run's state may become. */
final class StateBounds {

    private StateBounds() {}

    /** Refuses a value that would make {@code state} larger than it may be. */
    static void check(Map<String, Payload> state, String key, Payload value) {
        if (key.isEmpty() || key.length() > Journal.STATE_KEY_CHARS_MAX) {
            throw new KedgeException.Invalid(
                    "state", "a key has 1 to %d characters".formatted(Journal.STATE_KEY_CHARS_MAX));
        }
        if (!state.containsKey(key) && state.size() >= Journal.STATE_KEYS_MAX) {
            throw new KedgeException.Invalid(
                    "state", "a run's state has at most %d keys".formatted(Journal.STATE_KEYS_MAX));
        }
        value.atMost(Payload.BYTES_MAX, "state '" + key + "'");
        var bytes = state.values().stream().mapToLong(Payload::size).sum();
        var before = state.containsKey(key) ? state.get(key).size() : 0;
        if (bytes - before + value.size() > Journal.STATE_BYTES_MAX) {
            throw new KedgeException.TooLarge(
                    "state", bytes - before + value.size(), Journal.STATE_BYTES_MAX);
        }
    }
}
