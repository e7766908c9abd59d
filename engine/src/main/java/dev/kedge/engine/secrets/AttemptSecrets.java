package dev.kedge.engine.secrets;

import dev.kedge.engine.RunSecrets;
import dev.kedge.engine.RunTokens;
import dev.kedge.model.Lease;
import dev.kedge.model.Namespace;
import dev.kedge.model.PrincipalId;
import dev.kedge.model.SecretName;
import dev.kedge.model.SecretOwner;
import dev.kedge.model.SecretValue;
import dev.kedge.store.SecretStore.Place;
import dev.kedge.store.SecretStore.Sealed;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The secrets of one attempt, and among them the token with which it calls back as its submitter.
 * None is handed out before its {@link Redaction} knows of it.
 */
public final class AttemptSecrets implements RunSecrets {

    /** What is kept of the token is its name. */
    static final SecretName TOKEN = new SecretName(RunTokens.SECRET);

    /**
     * Where secrets come from.
     *
     * @param tokens null where runs do not call back
     */
    public record Sources(Vault vault, @Nullable RunTokens tokens) {}

    private final Sources sources;
    private final Namespace namespace;
    private final Lease lease;
    private final @Nullable PrincipalId user;
    private final Redaction redaction;

    /**
     * @param user who submitted the run; null where nobody did who has secrets
     */
    public AttemptSecrets(
            Sources sources,
            Namespace namespace,
            Lease lease,
            @Nullable PrincipalId user,
            Redaction redaction) {
        this.sources = sources;
        this.namespace = namespace;
        this.lease = lease;
        this.user = user;
        this.redaction = redaction;
    }

    @Override
    public Optional<Handed> find(SecretName name) {
        var found =
                name.equals(TOKEN)
                        ? token()
                        : Optional.ofNullable(sources.vault().find(namespace, user, name))
                                .map(this::opened);
        found.ifPresent(handed -> redaction.hide(List.of(handed)));
        return found;
    }

    @Override
    public List<Handed> all() {
        var handed = new ArrayList<Handed>();
        token().ifPresent(handed::add);
        sources.vault().visible(namespace, user).stream().map(this::opened).forEach(handed::add);
        redaction.hide(handed);
        return handed;
    }

    /** A run that nobody submitted has nobody to act as. */
    private Optional<Handed> token() {
        var tokens = sources.tokens();
        if (tokens == null || user == null) {
            return Optional.empty();
        }
        return Optional.of(
                new Handed(
                        TOKEN,
                        new SecretOwner.OneUser(namespace, user),
                        SecretValue.of(tokens.make(namespace, lease))));
    }

    private Handed opened(Sealed secret) {
        return new Handed(
                new SecretName(secret.place().name()),
                ownerOf(secret.place()),
                sources.vault().open(secret));
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
