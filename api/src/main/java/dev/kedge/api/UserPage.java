package dev.kedge.api;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Users, by e-mail address. */
public record UserPage(List<UserView> items, @Nullable String nextCursor) {}
