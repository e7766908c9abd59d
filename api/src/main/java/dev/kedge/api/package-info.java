/**
 * The HTTP contract in Java: what requests and answers look like on the wire, and how they are read
 * and written.
 *
 * <p>A record named {@code …Body} is sent to the server, one named {@code …View} is answered by it.
 * A component that is not {@code @Nullable} must be there; one without a value is left out. The
 * server refuses fields it does not know, clients pass over them.
 */
@NullMarked
package dev.kedge.api;

import org.jspecify.annotations.NullMarked;
