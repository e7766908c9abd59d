package dev.kedge.api;

import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.deser.std.StdDeserializer;

/** Reads a text that can be stored, and makes none of anything else. */
final class TextReader extends StdDeserializer<String> {

    TextReader() {
        super(String.class);
    }

    @Override
    public String deserialize(JsonParser parser, DeserializationContext context) {
        if (parser.currentToken() != JsonToken.VALUE_STRING) {
            throw new ReportedFault(parser, String.class, "a text is wanted here");
        }
        var text = parser.getString();
        var fault = Refusals.faultOf(text.toCharArray(), 0, text.length());
        if (fault != null) {
            throw new ReportedFault(parser, String.class, fault);
        }
        return text;
    }
}
