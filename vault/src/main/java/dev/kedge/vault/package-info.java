/**
 * Keys, and what is sealed with them.
 *
 * <p>A secret is sealed under a data key of its namespace ({@link dev.kedge.vault.DataKey}); data
 * keys are stored wrapped, and the keys that wrap them ({@link dev.kedge.vault.Keyring}) never lie
 * in the database. Nothing here knows where secrets are kept, or whose they are.
 */
@NullMarked
package dev.kedge.vault;

import org.jspecify.annotations.NullMarked;
