package dev.kedge.model;

import java.util.HashSet;
import java.util.Set;

/**
 * What PostgreSQL is told of a caller, for one transaction: who it is and how far it reaches. Rows
 * beyond that are not there for it, whatever the statement says.
 *
 * @param everywhere whether it sees and does everything, in all namespaces
 * @param seesOwn where it sees the definitions, and the runs that it submitted itself
 * @param seesAll where it sees everything
 * @param submits where it may submit runs, always as itself
 * @param administers where it may change definitions and act on the runs of others
 */
public record Claims(
        Identity identity,
        boolean everywhere,
        Set<Namespace> seesOwn,
        Set<Namespace> seesAll,
        Set<Namespace> submits,
        Set<Namespace> administers) {

    public Claims {
        seesOwn = Set.copyOf(seesOwn);
        seesAll = Set.copyOf(seesAll);
        submits = Set.copyOf(submits);
        administers = Set.copyOf(administers);
    }

    /** A caller who reaches nothing. */
    public static Claims none(Identity identity) {
        return new Claims(identity, false, Set.of(), Set.of(), Set.of(), Set.of());
    }

    /** A caller who reaches everything. */
    public static Claims everywhere(Identity identity) {
        return new Claims(identity, true, Set.of(), Set.of(), Set.of(), Set.of());
    }

    public PrincipalId id() {
        return identity.id();
    }

    public Claims seeingOwn(Namespace namespace) {
        return new Claims(
                identity, everywhere, with(seesOwn, namespace), seesAll, submits, administers);
    }

    public Claims seeingAll(Namespace namespace) {
        return new Claims(
                identity, everywhere, seesOwn, with(seesAll, namespace), submits, administers);
    }

    public Claims submitting(Namespace namespace) {
        return new Claims(
                identity, everywhere, seesOwn, seesAll, with(submits, namespace), administers);
    }

    public Claims administering(Namespace namespace) {
        return new Claims(
                identity, everywhere, seesOwn, seesAll, submits, with(administers, namespace));
    }

    /** Whether it may know that there is such a namespace. */
    public boolean reaches(Namespace namespace) {
        return everywhere
                || seesOwn.contains(namespace)
                || seesAll.contains(namespace)
                || submits.contains(namespace)
                || administers.contains(namespace);
    }

    public boolean seesAllOf(Namespace namespace) {
        return everywhere || seesAll.contains(namespace);
    }

    public boolean maySubmitTo(Namespace namespace) {
        return everywhere || submits.contains(namespace);
    }

    public boolean mayAdminister(Namespace namespace) {
        return everywhere || administers.contains(namespace);
    }

    private static Set<Namespace> with(Set<Namespace> some, Namespace another) {
        var all = new HashSet<>(some);
        all.add(another);
        return all;
    }
}
