package dev.kedge.api;

/**
 * What a change of keys came to.
 *
 * @param current the name of the key that wraps from now on
 * @param rewrapped data keys that were wrapped anew
 * @param unreadable data keys that could not be, because the key that wrapped them is missing
 * @param resealed secrets that were sealed anew
 * @param stuck secrets that could not be
 */
public record KeyRotationView(
        String current, int rewrapped, int unreadable, int resealed, int stuck) {}
