package dev.kedge.model;

/**
 * Whose a secret is. A run that asks for a name is given its submitter's; else that of its
 * namespace; else the system's.
 */
public sealed interface SecretOwner {

    /** The installation's: for the runs of every namespace. */
    record TheSystem() implements SecretOwner {}

    /** For every run of a namespace. */
    record Everybody(Namespace namespace) implements SecretOwner {}

    /** For the runs that one principal submits in a namespace. */
    record OneUser(Namespace namespace, PrincipalId user) implements SecretOwner {}

    SecretOwner SYSTEM = new TheSystem();
}
