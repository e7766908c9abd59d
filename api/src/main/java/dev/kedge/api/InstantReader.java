package dev.kedge.api;

import java.time.DateTimeException;
import java.time.Instant;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.deser.std.StdDeserializer;

/** Reads a time as RFC 3339 writes it, with its offset, and nothing else. */
final class InstantReader extends StdDeserializer<Instant> {

    InstantReader() {
        super(Instant.class);
    }

    @Override
    public Instant deserialize(JsonParser parser, DeserializationContext context) {
        if (parser.currentToken() == JsonToken.VALUE_STRING) {
            try {
                return Times.parse(parser.getString());
            } catch (DateTimeException notOne) {
                throw new ReportedFault(parser, Instant.class, Times.WANTED);
            }
        }
        throw new ReportedFault(parser, Instant.class, Times.WANTED);
    }
}
