package dev.kedge.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class PayloadTest {

    @Test
    void the_spelling_of_a_payload_survives() {
        var spelled = "{ \"n\": 12345678901234567890.10, \"a\": \"\\u00e4\" }";

        assertThat(Payload.ofJson(spelled).text()).isEqualTo(spelled);
    }

    @Test
    void payloads_of_equal_bytes_are_equal() {
        assertThat(Payload.ofJson("[1]"))
                .isEqualTo(Payload.ofJson("[1]".getBytes(StandardCharsets.UTF_8)))
                .hasSameHashCodeAs(Payload.ofJson("[1]"))
                .isNotEqualTo(Payload.ofJson("[ 1]"));
    }

    @Test
    void a_large_payload_does_not_flood_a_log_line() {
        assertThat(Payload.ofJson("\"" + "x".repeat(100_000) + "\"").toString())
                .isEqualTo("100002 bytes of JSON");
    }
}
