package dev.kedge.api;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Jobs, by name. */
public record JobPage(List<JobView> items, @Nullable String nextCursor) {}
