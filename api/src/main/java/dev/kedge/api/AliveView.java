package dev.kedge.api;

/** Said by a process that answers at all. */
public record AliveView(String status) {}
