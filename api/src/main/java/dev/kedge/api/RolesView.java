package dev.kedge.api;

import java.util.List;

/** The roles, built-in ones first. */
public record RolesView(List<RoleView> items) {}
