/**
 * A real PostgreSQL of our own: unpacked, started, guarded and stopped by this process.
 *
 * <p>It is durable unless asked otherwise. What a transaction committed survives the death of the
 * server, of this process and of the machine; the next start on the same folder finds it.
 */
@NullMarked
package dev.kedge.embedded;

import org.jspecify.annotations.NullMarked;
