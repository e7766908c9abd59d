package dev.kedge.engine;

/**
 * What a change of keys came to. A pass that was broken off is gone on with by the next one.
 *
 * @param current the name of the key that wraps from now on
 * @param rewrapped data keys that were wrapped anew
 * @param unreadable data keys that could not be, because the key that wrapped them is missing
 * @param resealed secrets that were sealed anew, under a new data key
 * @param stuck secrets that could not be
 */
public record KeyRotation(String current, int rewrapped, int unreadable, int resealed, int stuck) {}
