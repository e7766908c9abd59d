package dev.kedge.api;

import java.util.ArrayList;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.deser.std.StdDeserializer;

/** Reads the items of a batch, and stops at the first one too many instead of keeping them all. */
final class ItemsReader extends StdDeserializer<List<BatchBody.Item>> {

    ItemsReader() {
        super(List.class);
    }

    @Override
    public List<BatchBody.Item> deserialize(JsonParser parser, DeserializationContext context) {
        if (parser.currentToken() != JsonToken.START_ARRAY) {
            throw new ReportedFault(parser, List.class, "a list is wanted here");
        }
        var items = new ArrayList<BatchBody.Item>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            if (items.size() == BatchBody.ITEMS_MAX) {
                throw new ReportedFault(
                        parser, List.class, "at most %d items".formatted(BatchBody.ITEMS_MAX));
            }
            if (parser.currentToken() == JsonToken.VALUE_NULL) {
                throw new ReportedFault(parser, List.class, "an item must not be null")
                        .prependPath(items, items.size());
            }
            try {
                items.add(context.readValue(parser, BatchBody.Item.class));
            } catch (JacksonException refusal) {
                throw refusal.prependPath(items, items.size());
            }
        }
        return items;
    }
}
