/**
 * The embeddable library: everything an application, a server or a door needs of Kedge.
 *
 * <p>{@link dev.kedge.engine.Engine} is the way in. The packages below this one are the stages of
 * the work, and the engine's own business.
 */
@NullMarked
package dev.kedge.engine;

import org.jspecify.annotations.NullMarked;
