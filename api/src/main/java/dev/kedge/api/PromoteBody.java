package dev.kedge.api;

/** Makes a version of a function the active one. */
public record PromoteBody(int version) {}
