/** From claim to verdict: how a worker carries out what it has leased. */
@NullMarked
package dev.kedge.engine.attempt;

import org.jspecify.annotations.NullMarked;
