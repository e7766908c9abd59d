package dev.kedge.app;

import dev.kedge.model.KedgeException;
import dev.kedge.vault.KeyFile;
import dev.kedge.vault.Keyring;
import dev.kedge.vault.LocalKeys;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Where the keys are that everything about secrets hangs on. */
sealed interface SecretsKey {

    /** In a file of the data folder, which is made when it is missing. */
    record Made(Path file) implements SecretsKey {}

    /** In a file that somebody else looks after. */
    record InFile(Path file) implements SecretsKey {}

    /** In the environment. */
    record Given(String keys) implements SecretsKey {

        /** Never the keys. */
        @Override
        public String toString() {
            return "in KEDGE_SECRETS_KEY";
        }
    }

    /** Nowhere: no secrets are kept. */
    record None() implements SecretsKey {}

    /**
     * Without a word from anybody a key is made beside the embedded database. Beside somebody
     * else's none is: another server on it would have another one.
     */
    static SecretsKey of(
            @Nullable String keys, @Nullable String file, Database database, Path data) {
        if (keys != null && file != null) {
            throw new KedgeException.Invalid(
                    "KEDGE_SECRETS_KEY", "there is KEDGE_SECRETS_KEY_FILE too; only one can count");
        }
        if (keys != null) {
            return new Given(keys);
        }
        if (file != null) {
            return new InFile(Path.of(file));
        }
        return database instanceof Database.Embedded
                ? new Made(data.resolve("secrets.key"))
                : new None();
    }

    /**
     * Reads the keys.
     *
     * @throws KedgeException.Invalid they are missing, or others may read them
     */
    default Optional<Keyring> open() {
        return switch (this) {
            case Made(var file) -> Optional.of(KeyFile.madeAt(file));
            case InFile(var file) -> Optional.of(KeyFile.at(file));
            case Given(var keys) -> Optional.of(LocalKeys.parse("KEDGE_SECRETS_KEY", keys));
            case None() -> Optional.empty();
        };
    }
}
