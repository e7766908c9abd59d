/** What must be done now and then, by whichever engine gets to it first. */
@NullMarked
package dev.kedge.engine.keeper;

import org.jspecify.annotations.NullMarked;
