package dev.kedge.cli;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import picocli.CommandLine.TypeConversionException;

/** The words of the API for things of which there are few. */
final class Words {

    private Words() {}

    /** Reads {@code cancelRunning} as {@code CANCEL_RUNNING}. */
    static <E extends Enum<E>> E read(Class<E> type, String word) {
        var name = word.replaceAll("([A-Z])", "_$1").toUpperCase(Locale.ROOT);
        return Arrays.stream(type.getEnumConstants())
                .filter(value -> value.name().equals(name))
                .findFirst()
                .orElseThrow(() ->
                        new TypeConversionException(
                                "'%s' is none of %s"
                                        .formatted(
                                                word,
                                                Arrays.stream(type.getEnumConstants())
                                                        .map(Words::word)
                                                        .collect(Collectors.joining(", ")))));
    }

    private static String word(Enum<?> value) {
        var words = value.name().toLowerCase(Locale.ROOT).split("_");
        return words[0]
                + Arrays.stream(words)
                        .skip(1)
                        .map(word ->
                                word.substring(0, 1).toUpperCase(Locale.ROOT) + word.substring(1))
                        .collect(Collectors.joining());
    }
}
