/** How news travels inside one engine and between engines: hints that may get lost. */
@NullMarked
package dev.kedge.engine.signal;

import org.jspecify.annotations.NullMarked;
