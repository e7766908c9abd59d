package dev.kedge.model;

/**
 * Names a job inside its namespace. It is declared, never derived from a class or method, so that
 * moving code does not orphan stored runs.
 *
 * @param value 1 to 128 characters: letters, digits and {@code _ . : -}, not starting with a sign
 */
public record JobName(String value) {

    public JobName {
        Names.check("job", value, Names.JOB);
    }

    @Override
    public String toString() {
        return value;
    }
}
