/** What an attempt writes down under its lease, and reads back. */
@NullMarked
package dev.kedge.engine.journal;

import org.jspecify.annotations.NullMarked;
