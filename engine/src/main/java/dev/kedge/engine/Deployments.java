package dev.kedge.engine;

import dev.kedge.model.Binding;
import dev.kedge.model.Deployment;
import dev.kedge.model.DeploymentId;
import dev.kedge.model.KedgeException;
import dev.kedge.model.Namespace;
import dev.kedge.store.DeploymentStore;
import dev.kedge.store.Tx;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The functions of one namespace, and the versions of their code. For use by any thread. */
public final class Deployments {

    private static final int VERSIONS_MAX = 500;

    private final Namespace namespace;
    private final Parts parts;

    Deployments(Namespace namespace, Parts parts) {
        this.namespace = namespace;
        this.parts = parts;
    }

    /**
     * Stores code as the function's next version, and makes it the active one if {@code promote}.
     * The very code of the newest version again is not stored again.
     */
    public Deployment deploy(String function, String code, boolean promote) {
        parts.checkMayAdminister(namespace);
        var named = new Binding.Function(function); // Refuses names that make no sense.
        var bytes = code.getBytes(StandardCharsets.UTF_8);
        if (bytes.length > Deployment.CODE_BYTES_MAX) {
            throw new KedgeException.TooLarge("code", bytes.length, Deployment.CODE_BYTES_MAX);
        }
        if (code.indexOf('\0') >= 0) {
            throw new KedgeException.Invalid("code", "must not contain the character NUL");
        }
        var digest = sha256(bytes);
        var id =
                parts.seen()
                        .transaction(tx -> {
                            var stored = store(tx, named.function(), code, digest);
                            if (promote) {
                                activate(tx, named.function(), stored.version());
                            }
                            parts.writeDown(
                                    tx,
                                    namespace,
                                    "function.deploy",
                                    named.function(),
                                    Map.of(
                                            "version",
                                            stored.version(),
                                            "digest",
                                            digest,
                                            "promoted",
                                            promote));
                            return stored.id();
                        });
        parts.definitionsChanged().run();
        return find(id).orElseThrow();
    }

    /** The active deployment of each function, by name. Their code is left out (empty). */
    public List<Deployment> list() {
        return parts.seen()
                .autocommit(tx -> parts.deployments().list(tx, namespace, null, VERSIONS_MAX));
    }

    /** All versions of a function, newest first, at most 500. Their code is left out (empty). */
    public List<Deployment> versions(String function) {
        var versions =
                parts.seen()
                        .autocommit(tx ->
                                parts.deployments().list(tx, namespace, function, VERSIONS_MAX));
        if (versions.isEmpty()) {
            throw new KedgeException.NotFound("function", function);
        }
        return versions;
    }

    public Optional<Deployment> find(DeploymentId id) {
        return Optional.ofNullable(
                parts.seen().find(tx -> parts.deployments().find(tx, namespace, id)));
    }

    /**
     * Makes a version the active one: runs that first start from now on use it.
     *
     * @throws KedgeException.NotFound there is no such version
     */
    public Deployment promote(String function, int version) {
        parts.checkMayAdminister(namespace);
        var id =
                parts.seen()
                        .transaction(tx -> {
                            var active = activate(tx, function, version);
                            parts.writeDown(
                                    tx,
                                    namespace,
                                    "function.promote",
                                    function,
                                    Map.of("version", version));
                            return active;
                        });
        parts.definitionsChanged().run();
        return find(id).orElseThrow();
    }

    private DeploymentStore.Stored store(Tx tx, String function, String code, String digest) {
        parts.deployments().lock(tx, namespace, function);
        var newest = parts.deployments().newest(tx, namespace, function);
        if (newest != null && newest.digest().equals(digest)) {
            return newest;
        }
        var id = new DeploymentId(parts.uuids().get());
        var version = parts.deployments().insert(tx, id, namespace, function, code, digest);
        return new DeploymentStore.Stored(id, version, digest);
    }

    private DeploymentId activate(Tx tx, String function, int version) {
        var id = parts.deployments().activate(tx, namespace, function, version);
        if (id == null) {
            throw new KedgeException.NotFound(
                    "version of function '%s'".formatted(function), String.valueOf(version));
        }
        return id;
    }

    private static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException never) {
            throw new IllegalStateException("every JDK has SHA-256", never);
        }
    }
}
