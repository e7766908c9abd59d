package dev.kedge.api;

import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.ser.std.StdSerializer;

/** Puts the bytes of a {@link RawJson} into the message, untouched. */
final class RawJsonWriter extends StdSerializer<RawJson> {

    RawJsonWriter() {
        super(RawJson.class);
    }

    @Override
    public void serialize(RawJson value, JsonGenerator out, SerializationContext context) {
        out.writeRawValue(value.text());
    }
}
