package dev.kedge.store;

import org.jspecify.annotations.Nullable;

/** Hashes of this installation's credentials. */
public final class CredentialStore {

    private static final Sql FIND = Sql.load("credential_find");
    private static final Sql ADD = Sql.load("credential_add");

    public @Nullable String find(Tx tx, String name) {
        return tx.first(FIND.with("name", name), row -> row.text("hash"));
    }

    /** Whether it was stored: false where one of that name is there. */
    public boolean add(Tx tx, String name, String hash) {
        return tx.update(ADD.with("name", name).with("hash", hash)) == 1;
    }
}
