package dev.kedge.engine.secrets;

import dev.kedge.engine.RunSecrets;
import dev.kedge.model.Namespace;
import dev.kedge.model.PrincipalId;
import dev.kedge.model.SecretName;
import dev.kedge.model.SecretOwner;
import dev.kedge.store.SecretStore.Place;
import dev.kedge.store.SecretStore.Sealed;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The secrets of one attempt. None is handed out before its {@link Redaction} knows of it. */
public final class AttemptSecrets implements RunSecrets {

    private final Vault vault;
    private final Namespace namespace;
    private final @Nullable PrincipalId user;
    private final Redaction redaction;

    /**
     * @param user who submitted the run; null where nobody did who has secrets
     */
    public AttemptSecrets(
            Vault vault, Namespace namespace, @Nullable PrincipalId user, Redaction redaction) {
        this.vault = vault;
        this.namespace = namespace;
        this.user = user;
        this.redaction = redaction;
    }

    @Override
    public Optional<Handed> find(SecretName name) {
        var found = vault.find(namespace, user, name);
        return found == null ? Optional.empty() : Optional.of(handed(List.of(found)).getFirst());
    }

    @Override
    public List<Handed> all() {
        return handed(vault.visible(namespace, user));
    }

    private List<Handed> handed(List<Sealed> found) {
        var handed = new ArrayList<Handed>(found.size());
        for (var secret : found) {
            handed.add(
                    new Handed(
                            new SecretName(secret.place().name()),
                            ownerOf(secret.place()),
                            vault.open(secret)));
        }
        redaction.hide(handed);
        return handed;
    }

    private static SecretOwner ownerOf(Place place) {
        if (place.namespace().isEmpty()) {
            return SecretOwner.SYSTEM;
        }
        var namespace = new Namespace(place.namespace());
        return place.owner().isEmpty()
                ? new SecretOwner.Everybody(namespace)
                : new SecretOwner.OneUser(namespace, new PrincipalId(place.owner()));
    }
}
