package dev.kedge.api;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Audit entries: the newest first, or from an entry on in the order of the chain. */
public record AuditPage(List<AuditEntryView> items, @Nullable String nextCursor) {}
