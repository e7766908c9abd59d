package dev.kedge.engine.secrets;

import dev.kedge.engine.Journal;
import dev.kedge.model.Entry;
import dev.kedge.model.Failure;
import dev.kedge.model.NewRun;
import dev.kedge.model.OpenWait;
import dev.kedge.model.Path;
import dev.kedge.model.Payload;
import dev.kedge.model.Topic;
import dev.kedge.model.Wait;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A journal that no secret gets into. What the code will read back is refused, for a replay would
 * give it something else than it had; what only others read is cleaned.
 */
public final class GuardedJournal implements Journal {

    private final Journal journal;
    private final Redaction redaction;

    public GuardedJournal(Journal journal, Redaction redaction) {
        this.journal = journal;
        this.redaction = redaction;
    }

    @Override
    public Contents contents() {
        return journal.contents();
    }

    @Override
    public List<Entry> after(int position, int limit) {
        return journal.after(position, limit);
    }

    @Override
    public int complete(Path path, int seen, int tries, Duration took, Payload output) {
        redaction.refuseIn("the name of a step", path.value());
        redaction.refuseIn("the output of step '%s'".formatted(path), output);
        return journal.complete(path, seen, tries, took, output);
    }

    @Override
    public int fail(Path path, int seen, int tries, Duration took, Failure failure) {
        redaction.refuseIn("the name of a step", path.value());
        return journal.fail(path, seen, tries, took, redaction.failure(failure));
    }

    @Override
    public void reopen(Collection<Path> failed) {
        journal.reopen(failed);
    }

    @Override
    public OpenWait open(Path path, int seen, Wait wait) {
        redaction.refuseIn("the name of a wait", path.value());
        switch (wait) {
            case Wait.ForEvent(_, var match, _) -> redaction.refuseIn("what is waited for", match);
            case Wait.ForChild(var child) -> refuseIn(child);
            case Wait.For _, Wait.Until _ -> {
                // Times say nothing.
            }
        }
        return journal.open(path, seen, wait);
    }

    private void refuseIn(NewRun child) {
        redaction.refuseIn("the payload of a child run", child.payload());
        redaction.refuseIn("the metadata of a child run", child.metadata());
        redaction.refuseIn("the key of a child run", child.key());
        child.tags().forEach(tag -> redaction.refuseIn("a tag of a child run", tag));
    }

    @Override
    public Optional<Entry> resolve(Path path) {
        return journal.resolve(path);
    }

    @Override
    public int emit(Path path, int seen, Topic topic, Payload payload) {
        redaction.refuseIn("the name of an event", path.value());
        redaction.refuseIn("the topic of an event", topic.value());
        return journal.emit(path, seen, topic, redaction.json(payload));
    }

    @Override
    public Map<String, Payload> state() {
        return journal.state();
    }

    @Override
    public void state(String key, @Nullable Payload value) {
        redaction.refuseIn("a key of the run's state", key);
        redaction.refuseIn("the state '%s'".formatted(key), value);
        journal.state(key, value);
    }
}
