package dev.kedge.model;

/**
 * Names a secret. A name is no secret itself: it is logged, listed and stands in failures.
 *
 * @param value 1 to 128 characters: letters, digits and {@code _ . : -}, not starting with a sign
 */
public record SecretName(String value) {

    public SecretName {
        Names.check("secret", value, Names.JOB);
    }

    @Override
    public String toString() {
        return value;
    }
}
