/** Which jobs there are, and which of them this engine can carry out. */
@NullMarked
package dev.kedge.engine.catalog;

import org.jspecify.annotations.NullMarked;
