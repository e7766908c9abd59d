/**
 * Kedge's nouns, and the rules that need nothing else.
 *
 * <p>Everything here is an immutable value or a pure function. No thread is started and no row
 * fetched; time, chance and history arrive as arguments.
 */
@NullMarked
package dev.kedge.model;

import org.jspecify.annotations.NullMarked;
