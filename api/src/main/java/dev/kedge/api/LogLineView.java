package dev.kedge.api;

import java.time.Instant;

/**
 * A line that an attempt wrote.
 *
 * @param id where it stands; to be given as {@code cursor} or {@code Last-Event-ID} to go on after
 *     it
 * @param level {@code debug, info, warn} or {@code error}
 */
public record LogLineView(String id, int attempt, Instant at, String level, String message) {}
