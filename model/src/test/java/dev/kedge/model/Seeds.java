package dev.kedge.model;

import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/**
 * Tries a property with fresh seeds each time. The one that breaks it is in the message, and {@code
 * -Dkedge.seed} repeats it.
 */
final class Seeds {

    private static final RandomGeneratorFactory<RandomGenerator> FACTORY =
            RandomGeneratorFactory.of("L64X128MixRandom");

    private Seeds() {}

    static void each(int times, Consumer<RandomGenerator> property) {
        var given = Long.getLong("kedge.seed");
        var first = given == null ? System.nanoTime() : given;
        for (var seed = first; seed < first + (given == null ? times : 1); seed++) {
            try {
                property.accept(FACTORY.create(seed));
            } catch (RuntimeException | AssertionError broken) {
                throw new AssertionError("broken by -Dkedge.seed=" + seed, broken);
            }
        }
    }
}
