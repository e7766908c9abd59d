package dev.kedge.api;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Events, newest first. A page ends early where payloads are large. */
public record EventPage(List<EventView> items, @Nullable String nextCursor) {}
