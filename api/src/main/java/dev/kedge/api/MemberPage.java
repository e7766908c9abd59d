package dev.kedge.api;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** The members of a namespace. */
public record MemberPage(List<MemberView> items, @Nullable String nextCursor) {}
