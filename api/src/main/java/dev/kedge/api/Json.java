package dev.kedge.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.cfg.EnumFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.module.SimpleModule;

/**
 * Reads and writes the wire records.
 *
 * <p>Requests are read strictly: an unknown or doubled field, a value of another type, text behind
 * the end, a character that PostgreSQL cannot store and anything beyond the limits below is
 * refused, and the refusal says where. Answers are read with an open mind about further fields.
 */
public final class Json {

    public static final int DEPTH_MAX = 100;
    public static final int NUMBER_CHARS_MAX = 1_000;
    public static final int NAME_CHARS_MAX = 1_000;
    public static final int MESSAGE_BYTES_MAX = 64 << 20;

    private static final JsonMapper STRICT = mapper(true);
    private static final JsonMapper LENIENT = mapper(false);

    private Json() {}

    /**
     * Reads a request.
     *
     * @throws JsonRefused it is not what {@code type} says
     */
    public static <T> T request(byte[] json, Class<T> type) {
        return read(STRICT, json, type);
    }

    /**
     * Reads an answer; fields that this version does not know are passed over.
     *
     * @throws JsonRefused it is not what {@code type} says
     */
    public static <T> T answer(byte[] json, Class<T> type) {
        return read(LENIENT, json, type);
    }

    /**
     * Takes foreign bytes as one JSON value.
     *
     * @throws JsonRefused they are none
     */
    public static RawJson raw(byte[] json) {
        return read(STRICT, json, RawJson.class);
    }

    public static byte[] write(Object message) {
        return LENIENT.writeValueAsBytes(message);
    }

    private static <T> T read(JsonMapper mapper, byte[] json, Class<T> type) {
        checkText(json);
        try {
            var value =
                    mapper.readerFor(type)
                            .withAttribute(RawJsonReader.SOURCE, json)
                            .<T>readValue(json);
            if (value == null) {
                throw new JsonRefused(false, "", "an object is wanted here, not null");
            }
            return value;
        } catch (JacksonException refusal) {
            throw Refusals.of(refusal);
        }
    }

    /**
     * Refuses what is not UTF-8, so that no byte is ever taken for something else further on, and
     * what would make the parser guess at another encoding.
     */
    private static void checkText(byte[] json) {
        var decoder =
                StandardCharsets.UTF_8
                        .newDecoder()
                        .onMalformedInput(CodingErrorAction.REPORT)
                        .onUnmappableCharacter(CodingErrorAction.REPORT);
        var in = ByteBuffer.wrap(json);
        var out = CharBuffer.allocate(Math.clamp(json.length, 16, 8192));
        while (true) {
            var result = decoder.decode(in, out.clear(), true);
            if (result.isError()) {
                throw new JsonRefused(true, "", "not UTF-8 at byte " + in.position());
            }
            if (result.isUnderflow()) {
                break;
            }
        }
        if (json.length == 0) {
            throw new JsonRefused(true, "", "JSON is wanted here, and there is nothing");
        }
        if (json.length >= 2 && (json[0] == 0 || json[1] == 0 || json[0] == (byte) 0xEF)) {
            throw new JsonRefused(true, "", "not JSON in UTF-8 without a byte order mark");
        }
    }

    private static JsonMapper mapper(boolean strict) {
        var limits =
                StreamReadConstraints.builder()
                        .maxNestingDepth(DEPTH_MAX)
                        .maxNumberLength(NUMBER_CHARS_MAX)
                        .maxNameLength(NAME_CHARS_MAX)
                        .maxStringLength(MESSAGE_BYTES_MAX)
                        .maxDocumentLength(MESSAGE_BYTES_MAX)
                        .build();
        var values = new SimpleModule();
        values.addDeserializer(RawJson.class, new RawJsonReader());
        values.addSerializer(RawJson.class, new RawJsonWriter());
        values.addDeserializer(String.class, new TextReader());
        values.addDeserializer(Instant.class, new InstantReader());
        return JsonMapper.builder(JsonFactory.builder().streamReadConstraints(limits).build())
                .annotationIntrospector(new Contract())
                .addModule(values)
                .configure(StreamReadFeature.STRICT_DUPLICATE_DETECTION, strict)
                .configure(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES, strict)
                .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
                .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
                .enable(EnumFeature.FAIL_ON_NUMBERS_FOR_ENUMS)
                .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
                .changeDefaultPropertyInclusion(
                        old -> old.withValueInclusion(JsonInclude.Include.NON_NULL))
                .build();
    }
}
