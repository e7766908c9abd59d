package dev.kedge.api;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A secret, without its value.
 *
 * @param user whose runs may know it; absent for all of the namespace, or of the installation
 * @param version how often it was set
 * @param setBy who set it last
 */
public record SecretView(
        String name, @Nullable String user, int version, Instant setAt, String setBy) {}
