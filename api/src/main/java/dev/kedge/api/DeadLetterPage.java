package dev.kedge.api;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Dead letters, newest run first. */
public record DeadLetterPage(List<DeadLetterView> items, @Nullable String nextCursor) {}
