package dev.kedge.testkit;

import dev.kedge.engine.RunSecrets;
import dev.kedge.model.Namespace;
import dev.kedge.model.SecretName;
import dev.kedge.model.SecretOwner;
import dev.kedge.model.SecretValue;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;

/** The secrets of a namespace, in memory: nothing is sealed, and nothing taken out of anything. */
public final class MemorySecrets implements RunSecrets {

    private static final SecretOwner OWNER = new SecretOwner.Everybody(Namespace.DEFAULT);

    private final Map<String, String> values = new ConcurrentSkipListMap<>();

    public void set(String name, String value) {
        values.put(new SecretName(name).value(), value);
    }

    @Override
    public Optional<Handed> find(SecretName name) {
        return Optional.ofNullable(values.get(name.value())).map(value -> handed(name, value));
    }

    @Override
    public List<Handed> all() {
        return values.entrySet().stream()
                .map(entry -> handed(new SecretName(entry.getKey()), entry.getValue()))
                .toList();
    }

    private static Handed handed(SecretName name, String value) {
        return new Handed(name, OWNER, SecretValue.of(value));
    }
}
