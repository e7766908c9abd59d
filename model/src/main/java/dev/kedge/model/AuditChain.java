package dev.kedge.model;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A walk along a chain of audit entries, from the first one, that finds whatever does not fit: an
 * entry that was changed, left out, put in, or moved. What was cut off at the end, or written anew
 * as a whole, can only be seen from heads that were kept elsewhere: {@link #expect} them.
 *
 * <p>Used by one thread.
 */
public final class AuditChain {

    /** The hash before the first entry. */
    public static final String BEGINNING = "0".repeat(64);

    /** A chain that somebody has rewritten would fit nowhere: further faults say nothing more. */
    public static final int FAULTS_MAX = 100;

    /** Where a chain does not fit, and how. */
    public record Fault(long no, String text) {}

    private final @Nullable Namespace namespace;
    private final Map<Long, String> expected = new HashMap<>();
    private final List<Fault> faults = new ArrayList<>();
    private long no;
    private String hash = BEGINNING;

    public AuditChain(@Nullable Namespace namespace) {
        this.namespace = namespace;
    }

    /** SHA-256 over the hash before and the entry's own values. */
    public static String hash(
            String before,
            @Nullable Namespace namespace,
            long no,
            Instant at,
            PrincipalId principal,
            AuditNote note) {
        var bytes =
                new Canonical("kedge-audit-1")
                        .addHex(before)
                        .add(nameOf(namespace))
                        .add(no)
                        .add(at)
                        .add(principal.value())
                        .add(note.act())
                        .add(note.subject())
                        .add(note.details().text())
                        .bytes();
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException never) {
            throw new IllegalStateException("every JDK has SHA-256", never);
        }
    }

    /** What the chain's entry {@code head.no()} must have been, or the chain is not what it was. */
    public void expect(AuditHead head) {
        var other = expected.putIfAbsent(head.no(), head.hash());
        if (other != null && !other.equals(head.hash())) {
            fault(head.no(), "two heads were kept of it that differ");
        }
    }

    /** Goes on to the next entry that is there. */
    public void next(AuditEntry entry) {
        if (entry.no() != no + 1) {
            fault(
                    no + 1,
                    entry.no() > no + 1
                            ? "missing, up to %d".formatted(entry.no() - 1)
                            : "%d stands in its place".formatted(entry.no()));
        }
        var due = hash(hash, namespace, entry.no(), entry.at(), entry.principal(), entry.note());
        if (!due.equals(entry.hash())) {
            fault(entry.no(), "was changed, or does not follow what is before it");
        }
        if (!entry.hash().equals(expected.getOrDefault(entry.no(), entry.hash()))) {
            fault(entry.no(), "is not the entry of which a head was kept");
        }
        expected.remove(entry.no());
        no = entry.no();
        hash = entry.hash();
    }

    /** What was found, once the last entry that is there was walked to. */
    public List<Fault> end() {
        expected.keySet().stream()
                .filter(kept -> kept > 0)
                .sorted()
                .forEach(kept -> fault(kept, "a head was kept of it, and it is not there"));
        expected.clear();
        return List.copyOf(faults);
    }

    /** How many entries the walk has come by. */
    public long length() {
        return no;
    }

    private void fault(long at, String text) {
        if (faults.size() < FAULTS_MAX) {
            faults.add(new Fault(at, text));
        }
    }

    static String nameOf(@Nullable Namespace namespace) {
        return namespace == null ? "" : namespace.value();
    }
}
