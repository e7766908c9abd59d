package dev.kedge.engine;

import dev.kedge.engine.secrets.Vault;
import dev.kedge.model.KedgeException;
import dev.kedge.model.PrincipalId;
import dev.kedge.model.SecretInfo;
import dev.kedge.model.SecretName;
import dev.kedge.model.SecretOwner;
import dev.kedge.model.SecretValue;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The secrets of one owner. They can be written and listed; nobody but a handler reads them. For
 * use by any thread.
 */
public final class Secrets {

    /** How many secrets one owner may have. */
    public static final int SECRETS_MAX = Vault.SECRETS_MAX;

    private final SecretOwner owner;
    private final Vault vault;

    Secrets(SecretOwner owner, Vault vault) {
        this.owner = owner;
        this.vault = vault;
    }

    /**
     * Sets a secret, in its first version or its next one; the value before is gone. Runs that are
     * under way see the new value when they ask again.
     *
     * @throws KedgeException.Conflict this engine has no key for secrets (code {@code secrets_off})
     * @throws KedgeException.Invalid the owner has as many as it may
     */
    public SecretInfo set(SecretName name, SecretValue value, PrincipalId by) {
        return vault.put(owner, name, value, by);
    }

    /** By name, at most {@code limit} behind {@code after}; never the values. */
    public List<SecretInfo> list(@Nullable SecretName after, int limit) {
        return vault.list(owner, after, limit);
    }

    /**
     * Takes a secret away.
     *
     * @throws KedgeException.NotFound there is none
     */
    public void remove(SecretName name) {
        if (!vault.remove(owner, name)) {
            throw new KedgeException.NotFound("secret", name.value());
        }
    }
}
