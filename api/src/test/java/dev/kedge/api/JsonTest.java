package dev.kedge.api;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JsonTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"b\": 1,  \"a\": [1.0, 12345678901234567890123456789.000]}",
                "\"text with \\u00e4 and \\\" and ä and 😀 and \\ud83d\\ude00\"",
                "-0.0e1",
                "12",
                "true",
                "null",
                "[ ]",
                "{\"x\":{\"y\":[[],{},\"\"]}}",
                "\"\""
            })
    void a_payload_keeps_every_byte(String payload) {
        for (var shape : List.of("{\"payload\":%s}", "{ \"payload\" : %s , \"priority\": 3 }")) {
            var body = request(shape.formatted(payload), RunBody.class);

            assertThat(body.payload()).isEqualTo(RawJson.of(payload.getBytes(UTF_8)));
        }
    }

    @Test
    void raw_values_pass_through_the_writer_untouched() {
        var payload = RawJson.of("{\"b\": 1e2,  \"a\":\"ä😀\"}".getBytes(UTF_8));

        var text = new String(Json.write(new RerunBody(payload)), UTF_8);

        assertThat(text).isEqualTo("{\"payload\":{\"b\": 1e2,  \"a\":\"ä😀\"}}");
    }

    @Test
    void an_absent_payload_is_no_payload_and_null_is_one() {
        assertThat(request("{}", RunBody.class).payload()).isNull();
        assertThat(request("{\"payload\":null}", RunBody.class).payload()).isEqualTo(RawJson.NULL);
    }

    @Test
    void a_value_that_must_be_there_may_be_null() {
        var state = new StateView(List.of(new StateView.Item("k", RawJson.NULL, Instant.EPOCH)));

        assertThat(Json.answer(Json.write(state), StateView.class)).isEqualTo(state);
        var absent = "{\"items\":[{\"key\":\"k\",\"updatedAt\":\"2030-01-01T00:00:00Z\"}]}";
        assertThat(refusal(absent, StateView.class).pointer()).isEqualTo("/items/0/value");
    }

    @Test
    void a_record_comes_back_as_it_was_written() {
        var stats = new StatsView(Map.of("pending", 1L), Map.of("hello", Map.of("pending", 1L)));

        assertThat(Json.answer(Json.write(stats), StatsView.class)).isEqualTo(stats);
    }

    @Test
    void an_answer_may_have_fields_that_this_version_does_not_know() {
        var alive =
                Json.answer(
                        "{\"status\":\"ok\",\"mood\":\"fine\"}".getBytes(UTF_8), AliveView.class);

        assertThat(alive).isEqualTo(new AliveView("ok"));
    }

    @Test
    void an_unknown_field_is_refused_with_the_nearest_known_one() {
        var refusal = refusal("{\"payload\":1,\"prioritty\":3}", RunBody.class);

        assertThat(refusal.pointer()).isEqualTo("/prioritty");
        assertThat(refusal.detail()).contains("'priority'");
    }

    @Test
    void a_fault_deep_inside_is_pointed_at() {
        var refusal =
                refusal(
                        "{\"items\":[{\"job\":\"a\"},{\"job\":\"b\",\"tags\":[1]}]}",
                        BatchBody.class);

        assertThat(refusal.pointer()).isEqualTo("/items/1/tags/0");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{}                                        | /handler",
                "{\"handler\":null}                        | /handler",
                "{\"handler\":[]}                          | /handler",
                "{\"handler\":{},\"retry\":{\"jitter\":\"0.1\"}} | /retry/jitter",
                "{\"handler\":{},\"retry\":{\"backoff\":\"wild\"}} | /retry/backoff",
                "{\"handler\":{},\"retry\":{\"backoff\":1}} | /retry/backoff",
                "{\"handler\":{},\"priority\":1.5}         | /priority",
                "{\"handler\":{},\"priority\":\"1\"}       | /priority",
                "{\"handler\":{},\"priority\":99999999999} | /priority",
                "{\"handler\":{},\"priority\":true}        | /priority",
                "{\"handler\":{},\"timeout\":30}           | /timeout",
                "{\"handler\":{},\"timeout\":true}         | /timeout",
                "{\"handler\":{},\"queue\":{}}             | /queue",
                "{\"handler\":{},\"enabled\":\"yes\"}      | /enabled",
                "{\"handler\":{},\"enabled\":1}            | /enabled",
                "{\"handler\":{\"java\":\"true\"}}         | /handler/java",
                "{\"handler\":{},\"description\":\"a\\u0000b\"} | /description",
            })
    void a_value_of_the_wrong_kind_is_refused_by_name(String json, String pointer) {
        var refusal = refusal(json, JobBody.class);

        assertThat(refusal.pointer()).isEqualTo(pointer);
        assertThat(refusal.syntax()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"payload\":\"\\u0000\"}",
                "{\"payload\":{\"\\u0000\":1}}",
                "{\"payload\":\"\\ud800\"}",
                "{\"payload\":[\"\\udc00\\ud800\"]}",
                "{\"payload\":1e400}",
                "{\"payload\":{\"a\":-1e999}}",
                "{\"payload\":NaN}",
                "{\"payload\":Infinity}",
                "{\"payload\":01}",
                "{\"payload\":{\"a\":1,\"a\":2}}",
                "{\"payload\":1,\"payload\":2}",
                "{\"payload\":{'a':1}}",
                "{\"payload\":[1,]}",
                "{\"payload\":1} 2",
                "{\"payload\":1}}",
                "{\"payload\":",
                "{\"payload\":\"abc",
                "",
                " ",
                "null",
                "[]",
                "1",
                "\"x\"",
                "\uFEFF{}",
                "{\"payload\":\"\u0000\"}",
                "\u0000{}",
                "/* c */{}"
            })
    void what_is_no_json_or_could_not_be_stored_is_refused(String json) {
        refusal(json, RunBody.class);
    }

    @Test
    void bytes_that_are_not_utf8_are_refused() {
        for (var bad :
                List.of(
                        new byte[] {'"', (byte) 0xC0, (byte) 0x80, '"'},
                        new byte[] {'"', (byte) 0xED, (byte) 0xA0, (byte) 0x80, '"'},
                        new byte[] {'"', (byte) 0xFF, '"'},
                        new byte[] {'"', (byte) 0xC3},
                        new byte[] {0, '{', 0, '}'},
                        new byte[] {'{', 0, '}', 0})) {
            assertThat(catchThrowableOfType(JsonRefused.class, () -> Json.raw(bad))).isNotNull();
        }
    }

    @Test
    void depth_is_taken_to_the_limit_and_no_further() {
        var deepest = "[".repeat(Json.DEPTH_MAX) + "]".repeat(Json.DEPTH_MAX);

        assertThat(Json.raw(deepest.getBytes(UTF_8)).text()).isEqualTo(deepest);
        refusal("[" + deepest + "]", RawJson.class);
        refusal("[".repeat(100_000), RawJson.class);
    }

    @Test
    void numbers_are_taken_to_the_limit_and_no_further() {
        var longest = "0." + "1".repeat(Json.NUMBER_CHARS_MAX - 2);

        assertThat(Json.raw(longest.getBytes(UTF_8)).text()).isEqualTo(longest);
        refusal("0." + "1".repeat(Json.NUMBER_CHARS_MAX), RawJson.class);
        refusal("1".repeat(10_000), RawJson.class);
        refusal("1".repeat(400), RawJson.class);
    }

    private static <T> T request(String json, Class<T> type) {
        return Json.request(json.getBytes(UTF_8), type);
    }

    private static JsonRefused refusal(String json, Class<?> type) {
        var refusal = catchThrowableOfType(JsonRefused.class, () -> request(json, type));
        assertThat(refusal).as("%.200s", json).isNotNull();
        assertThat(refusal.detail()).isNotBlank().doesNotContain("dev.kedge", "java.", "`");
        return refusal;
    }
}
