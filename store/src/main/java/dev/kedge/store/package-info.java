/** Kedge's tables and statements: the only module that talks to PostgreSQL. */
@NullMarked
package dev.kedge.store;

import org.jspecify.annotations.NullMarked;
