package dev.kedge.functions;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.kedge.engine.RunSecrets;
import dev.kedge.model.KedgeException;
import dev.kedge.model.SecretName;
import dev.kedge.model.SecretOwner;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** Secrets, in the words of the bootstrap. */
final class SecretText {

    /** The global {@code secrets}, not a property of something. */
    private static final Pattern GLOBAL =
            Pattern.compile("(?<![.\\w$])secrets\\s*(\\?\\.|\\.|\\[)");

    private SecretText() {}

    /**
     * Whether code may use the global {@code secrets}, which answers without being awaited and so
     * has to know all of them when the attempt begins. Other code asks for each one it needs.
     */
    static boolean isWantedAtOnce(String code) {
        return GLOBAL.matcher(code).find();
    }

    /** All secrets, the nearest of each name first: a list of {@code [name, owner, value]}. */
    static List<List<String>> all(RunSecrets secrets) {
        var told = new ArrayList<List<String>>();
        for (var handed : secrets.all()) {
            try (var value = handed.value()) {
                told.add(List.of(handed.name().value(), word(handed.owner()), value.text()));
            }
        }
        return told;
    }

    private static String word(SecretOwner owner) {
        return switch (owner) {
            case SecretOwner.OneUser _ -> "user";
            case SecretOwner.Everybody _ -> "namespace";
            case SecretOwner.TheSystem _ -> "system";
        };
    }

    /** {@code {"value": …}}, null where there is none, or {@code {"refused": why}}. */
    static byte[] answer(RunSecrets secrets, String name) {
        try {
            var found = secrets.find(new SecretName(name));
            if (found.isEmpty()) {
                return "null".getBytes(US_ASCII);
            }
            try (var value = found.get().value()) {
                return Replies.JSON.writeValueAsBytes(Map.of("value", value.text()));
            }
        } catch (KedgeException.Conflict | KedgeException.Invalid refused) {
            return Replies.JSON.writeValueAsBytes(
                    Map.of("refused", String.valueOf(refused.getMessage())));
        }
    }
}
