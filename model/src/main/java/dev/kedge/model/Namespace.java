package dev.kedge.model;

/**
 * The boundary of names and visibility. Nothing in one namespace can be seen from another.
 *
 * @param value 1 to 63 characters: lower-case letters, digits and hyphens, starting with a letter
 */
public record Namespace(String value) {

    /** Where everything lives that names no other place. */
    public static final Namespace DEFAULT = new Namespace("default");

    public Namespace {
        Names.check("namespace", value, Names.NAMESPACE);
    }

    @Override
    public String toString() {
        return value;
    }
}
