package dev.kedge.api;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Log lines, oldest first. */
public record LogPage(List<LogLineView> items, @Nullable String nextCursor) {}
