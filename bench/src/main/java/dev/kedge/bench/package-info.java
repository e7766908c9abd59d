/**
 * How fast Kedge is beside the limit of the same PostgreSQL.
 *
 * <p>A {@link dev.kedge.bench.Scenario} is driven through several {@link dev.kedge.bench.Subject}s
 * in turns, each time on a fresh database, which is audited afterwards. What counts is the ratio
 * between them: absolute figures change with the machine and with whatever else it does.
 */
@NullMarked
package dev.kedge.bench;

import org.jspecify.annotations.NullMarked;
