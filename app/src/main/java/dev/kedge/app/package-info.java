/**
 * The program: reads options, files and the environment into records, wires the parts by hand, runs
 * them. Nothing depends on it.
 */
@NullMarked
package dev.kedge.app;

import org.jspecify.annotations.NullMarked;
