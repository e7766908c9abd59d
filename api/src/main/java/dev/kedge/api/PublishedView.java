package dev.kedge.api;

/** An event was published. */
public record PublishedView(String id) {}
