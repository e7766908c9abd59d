package dev.kedge.functions;

import dev.kedge.model.Payload;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * A question of a function to the journal of its run, or for a secret.
 *
 * @param number by which the process knows the answer
 * @param head what is asked, as the bootstrap put it; the words in it may be the function's own
 * @param body JSON that is stored as it is, not looked into yet; empty where there is none
 */
record Ask(int number, Verb verb, JsonNode head, Payload body) {

    private static final int HEAD_AT = 9;

    /** What can be asked; the number is the one on the wire. */
    enum Verb {
        PAGE(1),
        COMPLETE(2),
        FAIL(3),
        OPEN(4),
        RESOLVE(5),
        EMIT(6),
        STATE(7),
        SECRET(8);

        private final int wire;

        Verb(int wire) {
            this.wire = wire;
        }

        static @Nullable Verb of(int wire) {
            for (var verb : values()) {
                if (verb.wire == wire) {
                    return verb;
                }
            }
            return null;
        }
    }

    /**
     * @throws ForgedFrameException it is none that the bootstrap would ask
     */
    static Ask read(byte[] bytes) throws ForgedFrameException {
        if (bytes.length < HEAD_AT) {
            throw new ForgedFrameException("a question without a head");
        }
        var buffer = ByteBuffer.wrap(bytes);
        var number = buffer.getInt();
        var verb = Verb.of(buffer.get());
        var length = buffer.getInt();
        if (verb == null || length < 0 || length > bytes.length - HEAD_AT) {
            throw new ForgedFrameException("a question that makes no sense");
        }
        try {
            var head = Replies.JSON.readTree(bytes, HEAD_AT, length);
            return new Ask(
                    number,
                    verb,
                    head,
                    Payload.ofJson(Arrays.copyOfRange(bytes, HEAD_AT + length, bytes.length)));
        } catch (JacksonException noJson) {
            throw new ForgedFrameException("a question that is no JSON");
        }
    }
}
