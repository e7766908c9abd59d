package dev.kedge.functions;

import dev.kedge.model.Failure;
import dev.kedge.model.KedgeException;
import dev.kedge.model.Path;
import dev.kedge.model.Payload;
import dev.kedge.model.Progress;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Reads what processes send as what it is: hostile input. */
final class Replies {

    private static final int DEPTH_MAX = 500;
    private static final JsonFactory STRICT =
            JsonFactory.builder()
                    .streamReadConstraints(
                            StreamReadConstraints.builder()
                                    .maxNestingDepth(DEPTH_MAX)
                                    .maxStringLength(Integer.MAX_VALUE)
                                    .build())
                    .build();
    static final JsonMapper JSON = JsonMapper.builder(STRICT).build();

    private static final Pattern MODULE = Pattern.compile("blob:null/[0-9a-f-]{36}");
    private static final Pattern OURS =
            Pattern.compile("file://\\S*/kedge/\\w+\\.[jt]s|node:async_hooks|ext:");

    private Replies() {}

    /** A result, where it is one JSON value of a size that can be stored. */
    static Verdict returned(byte[] json, int bytesMax) {
        try {
            return new Verdict.Returned(stored("the result cannot be stored", json, bytesMax));
        } catch (KedgeException.Invalid | KedgeException.TooLarge refused) {
            return new Verdict.Failed(
                    Failure.of(Failure.Code.BAD_RESULT, String.valueOf(refused.getMessage())));
        }
    }

    /** Checks that {@code json} is one JSON value of a size that can be stored. */
    static Payload stored(String field, byte[] json, int bytesMax) {
        if (json.length > bytesMax) {
            throw new KedgeException.TooLarge(field, json.length, bytesMax);
        }
        try (var parser = STRICT.createParser(ObjectReadContext.empty(), json)) {
            if (parser.nextToken() == null) {
                throw new KedgeException.Invalid(field, "no JSON value");
            }
            parser.skipChildren();
            var afterwards = parser.nextToken();
            if (afterwards != null && afterwards != JsonToken.NOT_AVAILABLE) {
                throw new KedgeException.Invalid(field, "more than one JSON value");
            }
            return Payload.ofJson(json);
        } catch (JacksonException noJson) {
            throw new KedgeException.Invalid(field, noJson.getOriginalMessage());
        }
    }

    static Verdict failed(byte[] json, String file) {
        try {
            var said = JSON.readTree(json);
            var code = said.path("code").asString("handler_failed");
            return new Verdict.Failed(
                    new Failure(
                            codeOf(code),
                            text(said, "type"),
                            inUsersWords(said.path("message").asString(""), file),
                            stack(text(said, "stack"), file)),
                    said.path("forGood").asBoolean(false),
                    steps(said.path("steps")));
        } catch (JacksonException | KedgeException.Invalid noJson) {
            return new Verdict.Failed(
                    Failure.of(Failure.Code.HANDLER_FAILED, "failed, and garbled the reason why"));
        }
    }

    private static List<Path> steps(JsonNode said) {
        var steps = new ArrayList<Path>();
        for (var step : said) {
            steps.add(new Path(step.asString("")));
        }
        return steps;
    }

    /** A function can only fail in a way that is its own fault. */
    private static Failure.Code codeOf(String word) {
        return switch (word) {
            case "bad_result" -> Failure.Code.BAD_RESULT;
            case "bad_code" -> Failure.Code.BAD_CODE;
            case "replay_diverged" -> Failure.Code.REPLAY_DIVERGED;
            case "out_of_memory" -> Failure.Code.OUT_OF_MEMORY;
            default -> Failure.Code.HANDLER_FAILED;
        };
    }

    static @Nullable Progress progress(byte[] json) {
        try {
            var said = JSON.readTree(json);
            var data = said.path("data");
            return new Progress(
                    said.path("percent").isNumber() ? said.path("percent").doubleValue() : null,
                    whole(said, "processed"),
                    whole(said, "total"),
                    text(said, "message"),
                    data.isMissingNode() || data.isNull()
                            ? null
                            : Payload.ofJson(JSON.writeValueAsBytes(data)));
        } catch (JacksonException | KedgeException unusable) {
            return null;
        }
    }

    private static @Nullable Long whole(JsonNode said, String field) {
        var value = said.path(field);
        return value.isNumber() ? (Long) (long) value.doubleValue() : null;
    }

    private static @Nullable String text(JsonNode said, String field) {
        var value = said.path(field);
        return value.isString() ? value.stringValue() : null;
    }

    /** The function's module has no name inside the sandbox; people know it by its file's. */
    static String inUsersWords(String text, String file) {
        return MODULE.matcher(text).replaceAll(java.util.regex.Matcher.quoteReplacement(file));
    }

    private static @Nullable String stack(@Nullable String stack, String file) {
        if (stack == null) {
            return null;
        }
        return inUsersWords(stack, file)
                .lines()
                .filter(line -> !OURS.matcher(line).find())
                .collect(Collectors.joining("\n"));
    }
}
