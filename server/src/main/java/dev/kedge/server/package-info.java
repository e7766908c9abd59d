/**
 * The HTTP edge: reads requests, makes a call or two on the engine, writes answers.
 *
 * <p>{@link dev.kedge.server.Server} is the way in. Every route stands in one table, from which the
 * router, the OpenAPI document and the metrics take it.
 */
@NullMarked
package dev.kedge.server;

import org.jspecify.annotations.NullMarked;
