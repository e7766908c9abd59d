package dev.kedge.api;

/** Makes somebody a member. */
public record MemberBody(String role) {}
