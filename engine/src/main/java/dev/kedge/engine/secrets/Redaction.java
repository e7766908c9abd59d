package dev.kedge.engine.secrets;

import dev.kedge.engine.RunSecrets;
import dev.kedge.model.Failure;
import dev.kedge.model.KedgeException;
import dev.kedge.model.Outcome;
import dev.kedge.model.Payload;
import dev.kedge.model.Progress;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;

/**
 * Takes the secrets that an attempt was handed out of what it says, in the forms of {@link Forms}.
 * For use by any thread.
 *
 * <p>Values of fewer than six characters stay, and so does what a handler has put into another form
 * of its own: this guards against mishaps, not against a handler that wants to tell.
 */
public final class Redaction {

    private static final int KEY_CHARS = 4;
    private static final String CUT = "...";
    private static final JsonFactory JSON =
            JsonFactory.builder()
                    .streamReadConstraints(
                            StreamReadConstraints.builder()
                                    .maxNestingDepth(Integer.MAX_VALUE)
                                    .maxNumberLength(Integer.MAX_VALUE)
                                    .maxNameLength(Integer.MAX_VALUE)
                                    .maxStringLength(Integer.MAX_VALUE)
                                    .build())
                    .build();

    private record Needle(String form, String name) {}

    private record Found(int from, int to, String name) {}

    /** What is hidden, by the first four characters; a longer form before a shorter one. */
    private volatile Map<Long, List<Needle>> hidden = Map.of();

    /** From now on these are taken out. */
    public synchronized void hide(Collection<RunSecrets.Handed> secrets) {
        if (secrets.isEmpty()) {
            return;
        }
        var next = new HashMap<Long, List<Needle>>();
        hidden.forEach((key, needles) -> next.put(key, new ArrayList<>(needles)));
        for (var secret : secrets) {
            for (var form : Forms.of(secret.value())) {
                var needle = new Needle(form, secret.name().value());
                var needles = next.computeIfAbsent(keyAt(form, 0), _ -> new ArrayList<>());
                if (needles.stream().noneMatch(known -> known.form().equals(form))) {
                    needles.add(needle);
                }
            }
        }
        var longestFirst = Comparator.comparingInt((Needle n) -> n.form().length()).reversed();
        next.values().forEach(needles -> needles.sort(longestFirst));
        hidden = next;
    }

    /** The text with each secret in it replaced by its name. */
    public String text(String text) {
        var found = find(text, 0);
        if (found == null) {
            return text;
        }
        var clean = new StringBuilder(text.length());
        var at = 0;
        for (; found != null; found = find(text, at)) {
            clean.append(text, at, found.from())
                    .append("[secret:")
                    .append(found.name())
                    .append(']');
            at = found.to();
        }
        return clean.append(text, at, text.length()).toString();
    }

    private @Nullable Found find(String text, int from) {
        var needles = hidden;
        if (needles.isEmpty()) {
            return null;
        }
        for (var at = from; at + KEY_CHARS <= text.length(); at++) {
            var candidates = needles.getOrDefault(keyAt(text, at), List.of());
            for (var needle : candidates) {
                if (text.startsWith(needle.form(), at)) {
                    return new Found(at, at + needle.form().length(), needle.name());
                }
            }
            for (var needle : candidates) {
                var end = cutAt(text);
                if (isCutOff(text, at, end, needle.form())) {
                    return new Found(at, end, needle.name());
                }
            }
        }
        return null;
    }

    private static int cutAt(String text) {
        return text.endsWith(CUT) ? text.length() - CUT.length() : text.length();
    }

    /** Whether the text ends within a form of a secret, of which enough is there to be known. */
    private static boolean isCutOff(String text, int at, int end, String form) {
        var rest = end - at;
        return rest >= Forms.CHARS_MIN
                && rest < form.length()
                && text.regionMatches(at, form, 0, rest);
    }

    private static long keyAt(String text, int at) {
        var key = 0L;
        for (var i = at; i < at + KEY_CHARS; i++) {
            key = key << Character.SIZE | text.charAt(i);
        }
        return key;
    }

    /** The JSON with each secret in it replaced; the very same where there is none. */
    public Payload json(Payload payload) {
        return hidden.isEmpty() || inJson(payload) == null ? payload : cleaned(payload);
    }

    /** The name of a secret that is in the JSON; null where there is none. */
    private @Nullable String inJson(Payload payload) {
        try (var parser = JSON.createParser(ObjectReadContext.empty(), payload.bytes())) {
            for (var token = parser.nextToken(); token != null; token = parser.nextToken()) {
                if (hasText(token)) {
                    var found = find(parser.getString(), 0);
                    if (found != null) {
                        return found.name();
                    }
                }
            }
            return null;
        } catch (JacksonException noJson) { // Somebody else refuses that.
            var found = find(payload.text(), 0);
            return found == null ? null : found.name();
        }
    }

    private static boolean hasText(JsonToken token) {
        return token == JsonToken.PROPERTY_NAME
                || token == JsonToken.VALUE_STRING
                || token.isNumeric();
    }

    private Payload cleaned(Payload payload) {
        var bytes = new ByteArrayOutputStream(payload.size());
        try (var parser = JSON.createParser(ObjectReadContext.empty(), payload.bytes());
                var generator = JSON.createGenerator(ObjectWriteContext.empty(), bytes)) {
            for (var token = parser.nextToken(); token != null; token = parser.nextToken()) {
                copy(token, parser, generator);
            }
        } catch (JacksonException noJson) {
            return Payload.ofJson(text(payload.text()));
        }
        return Payload.ofJson(bytes.toByteArray());
    }

    private void copy(JsonToken token, JsonParser parser, JsonGenerator generator) {
        var text = hasText(token) ? parser.getString() : "";
        var clean = text(text);
        if (token.isNumeric() && clean.equals(text)) {
            generator.writeNumber(text); // As it is spelled.
        } else if (clean.equals(text)) {
            generator.copyCurrentEvent(parser);
        } else if (token == JsonToken.PROPERTY_NAME) {
            generator.writeName(clean);
        } else {
            generator.writeString(clean);
        }
    }

    public Progress progress(Progress said) {
        if (hidden.isEmpty()) {
            return said;
        }
        return new Progress(
                said.percent(),
                said.processed(),
                said.total(),
                said.message() == null ? null : text(said.message()),
                said.data() == null ? null : keptSmall(json(said.data())));
    }

    /** What is put in can be longer than what was taken out, and must not make it too large. */
    private static @Nullable Payload keptSmall(Payload data) {
        return data.size() > Progress.DATA_BYTES_MAX ? null : data;
    }

    public Failure failure(Failure failure) {
        if (hidden.isEmpty()) {
            return failure;
        }
        return new Failure(
                failure.code(),
                failure.type() == null ? null : text(failure.type()),
                text(failure.message()),
                failure.stack() == null ? null : text(failure.stack()));
    }

    public Outcome outcome(Outcome said) {
        return switch (said) {
            case Outcome.Succeeded(var result) -> new Outcome.Succeeded(json(result));
            case Outcome.Failed(var failure) -> new Outcome.Failed(failure(failure));
            case Outcome.FailedForGood(var failure) -> new Outcome.FailedForGood(failure(failure));
            case Outcome.Cancelled(var reason) -> new Outcome.Cancelled(text(reason));
            case Outcome.Snoozed _,
                    Outcome.Suspended _,
                    Outcome.HandedBack _,
                    Outcome.WorkerLost _ ->
                    said;
        };
    }

    /**
     * Refuses JSON that code will read back, and that has a secret in it.
     *
     * @param what it is, for the refusal
     */
    void refuseIn(String what, @Nullable Payload payload) {
        if (payload != null && !hidden.isEmpty()) {
            refuse(what, inJson(payload));
        }
    }

    /** The same for text. */
    void refuseIn(String what, @Nullable String text) {
        var found = text == null ? null : find(text, 0);
        refuse(what, found == null ? null : found.name());
    }

    private static void refuse(String what, @Nullable String secret) {
        if (secret != null) {
            throw new KedgeException.Invalid(
                    "secret",
                    ("%s would have the value of the secret '%s' on record; read it where it is"
                                    + " used, outside of what is recorded")
                            .formatted(what, secret));
        }
    }
}
