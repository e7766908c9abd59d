/** What handlers are given that nobody else may see, and what keeps it from showing. */
@NullMarked
package dev.kedge.engine.secrets;

import org.jspecify.annotations.NullMarked;
