/** For tests of code that uses Kedge: a real engine on a real PostgreSQL. */
@NullMarked
package dev.kedge.testkit;

import org.jspecify.annotations.NullMarked;
