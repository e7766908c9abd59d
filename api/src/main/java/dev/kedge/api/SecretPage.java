package dev.kedge.api;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Secrets by name, without their values. */
public record SecretPage(List<SecretView> items, @Nullable String nextCursor) {}
