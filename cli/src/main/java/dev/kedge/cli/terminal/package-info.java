/**
 * What people see: colours, tables and a progress bar that fit the terminal, and plain text where
 * there is none.
 */
@NullMarked
package dev.kedge.cli.terminal;

import org.jspecify.annotations.NullMarked;
