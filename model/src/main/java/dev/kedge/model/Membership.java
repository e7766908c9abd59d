package dev.kedge.model;

/** What somebody is in a namespace. */
public record Membership(Namespace namespace, Role role) {}
