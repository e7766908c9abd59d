package dev.kedge.api;

import org.jspecify.annotations.Nullable;

/**
 * Uploads a function's code.
 *
 * @param code the source text of the module
 * @param promote whether runs that start from now on use it; true where left out
 */
public record DeployBody(String code, @Nullable Boolean promote) {}
