package dev.kedge.engine;

import dev.kedge.model.KedgeException;
import dev.kedge.model.Payload;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A run's own values: durable, private to the run, kept from attempt to attempt. For use by any
 * thread. A call that changes something returns once that is committed.
 *
 * <p>It is memory and no history: a replay reads what was written last, not what stood there when
 * the code first came by. What decides about the way a run takes belongs into a step.
 */
public final class State {

    private final Journal journal;
    private final JacksonCodec codec;
    private @Nullable Map<String, Payload> values; // guarded by this

    State(Journal journal, JacksonCodec codec) {
        this.journal = journal;
        this.codec = codec;
    }

    /** The value of {@code key}, read from JSON; empty where there is none. */
    public synchronized <T> Optional<T> get(String key, Class<T> type) {
        return Optional.ofNullable(values().get(key)).map(value -> codec.decode(value, type));
    }

    /**
     * Sets a value, written as JSON.
     *
     * @throws KedgeException.TooLarge the state would become larger than it may be
     */
    public synchronized void set(String key, @Nullable Object value) {
        var written = codec.encode(value);
        StateBounds.check(values(), key, written);
        journal.state(key, written);
        values().put(key, written);
    }

    public synchronized void delete(String key) {
        if (values().containsKey(key)) {
            journal.state(key, null);
            values().remove(key);
        }
    }

    private Map<String, Payload> values() {
        if (values == null) {
            values = new TreeMap<>(journal.state());
        }
        return values;
    }
}
