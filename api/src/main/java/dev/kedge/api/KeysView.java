package dev.kedge.api;

import java.util.List;

/** Keys, the newest first. */
public record KeysView(List<KeyView> items) {}
