package dev.kedge.model;

/**
 * What a run has used up so far.
 *
 * @param failures attempts that failed
 * @param losses workers that died while carrying it out; not the same fault, so counted apart
 */
public record Spent(int failures, int losses) {

    public static final Spent NOTHING = new Spent(0, 0);
}
