package dev.kedge.api;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.deser.std.StdDeserializer;

/**
 * Cuts a value out of the message, between the offsets of its first and last byte, and looks at
 * every token of it on the way: what could not be stored or read back is refused here.
 */
final class RawJsonReader extends StdDeserializer<RawJson> {

    /** The attribute under which the whole message lies. */
    static final Object SOURCE = new Object();

    /** Numbers of fewer characters fit a double whatever they are, unless they have an exponent. */
    private static final int SAFE_NUMBER_CHARS = 300;

    RawJsonReader() {
        super(RawJson.class);
    }

    @Override
    public RawJson deserialize(JsonParser parser, DeserializationContext context) {
        if (!(context.getAttribute(SOURCE) instanceof byte[] message)) {
            throw new IllegalStateException("raw JSON is only read from a whole message");
        }
        var first = (int) parser.currentTokenLocation().getByteOffset();
        var depth = 0;
        var token = parser.currentToken();
        while (true) {
            check(parser, token);
            if (token.isStructStart()) {
                depth++;
            } else if (token.isStructEnd()) {
                depth--;
            }
            if (depth == 0) {
                break;
            }
            token = parser.nextToken();
        }
        parser.finishToken();
        var end = (int) parser.currentLocation().getByteOffset();
        return RawJson.of(Arrays.copyOfRange(message, first, end));
    }

    @Override
    public RawJson getNullValue(DeserializationContext context) {
        return RawJson.NULL;
    }

    @Override
    public @Nullable Object getAbsentValue(DeserializationContext context) {
        return null;
    }

    private static void check(JsonParser parser, JsonToken token) {
        switch (token) {
            case VALUE_STRING, PROPERTY_NAME -> {
                var fault =
                        Refusals.faultOf(
                                parser.getStringCharacters(),
                                parser.getStringOffset(),
                                parser.getStringLength());
                if (fault != null) {
                    throw new ReportedFault(parser, RawJson.class, fault);
                }
            }
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> {
                if ((token == JsonToken.VALUE_NUMBER_FLOAT
                                || parser.getStringLength() > SAFE_NUMBER_CHARS)
                        && Double.isInfinite(parser.getDoubleValue())) {
                    throw new ReportedFault(
                            parser, RawJson.class, "a number is larger than 1.8e308");
                }
            }
            default -> {}
        }
    }
}
