package dev.kedge.model;

/**
 * Who is calling, by an id that never changes: {@code user:<uuid>}, {@code key:<uuid>}, {@code
 * service:<name>}, {@code external:<issuer>:<subject>}, or {@code anon}.
 *
 * @param value 1 to 512 characters, none of them for control
 */
public record PrincipalId(String value) {

    public static final int CHARS_MAX = 512;

    /** Nobody known. */
    public static final PrincipalId ANON = new PrincipalId("anon");

    /** Whoever runs Kedge: what its own process does, or the application that embeds it. */
    public static final PrincipalId OPERATOR = new PrincipalId("operator");

    public PrincipalId {
        Texts.check("principal", value, CHARS_MAX);
    }

    @Override
    public String toString() {
        return value;
    }
}
