package dev.kedge.engine.secrets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kedge.engine.RunSecrets;
import dev.kedge.model.Failure;
import dev.kedge.model.KedgeException;
import dev.kedge.model.Outcome;
import dev.kedge.model.Payload;
import dev.kedge.model.Progress;
import dev.kedge.model.SecretName;
import dev.kedge.model.SecretOwner;
import dev.kedge.model.SecretValue;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RedactionTest {

    private static final String CANARY = "can/ary+é \"3f9c\"?";

    private final Redaction redaction = new Redaction();

    private void hide(String name, String value) {
        redaction.hide(
                List.of(
                        new RunSecrets.Handed(
                                new SecretName(name), SecretOwner.SYSTEM, SecretValue.of(value))));
    }

    @Test
    void every_common_form_of_a_value_is_replaced_by_its_name() {
        hide("KEY", CANARY);
        var utf8 = CANARY.getBytes(StandardCharsets.UTF_8);
        var hex = HexFormat.of().formatHex(utf8);
        for (var form :
                List.of(
                        CANARY,
                        "can/ary+é \\\"3f9c\\\"?",
                        hex,
                        hex.toUpperCase(java.util.Locale.ROOT),
                        Base64.getEncoder().encodeToString(utf8),
                        Base64.getUrlEncoder().encodeToString(utf8),
                        Base64.getEncoder().withoutPadding().encodeToString(utf8),
                        URLEncoder.encode(CANARY, StandardCharsets.UTF_8),
                        "can%2Fary%2B%C3%A9%20%223f9c%22%3F",
                        "can%2fary%2b%c3%a9%20%223f9c%22%3f")) {
            assertThat(redaction.text("a <" + form + "> b, <" + form + ">"))
                    .isEqualTo("a <[secret:KEY]> b, <[secret:KEY]>");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a", "ab", "abc", "user:", "abcdefgh"})
    void it_is_found_in_what_was_encoded_together_with_others(String before) {
        hide("KEY", "s3cret-value-of-mine");
        for (var after : List.of("", ":", "::", "xyz")) {
            var together =
                    (before + "s3cret-value-of-mine" + after).getBytes(StandardCharsets.UTF_8);
            for (var encoder : List.of(Base64.getEncoder(), Base64.getUrlEncoder())) {
                var text = "Authorization: Basic " + encoder.encodeToString(together);

                var clean = redaction.text(text);

                assertThat(clean).contains("[secret:KEY]");
                var left = clean.replaceAll("\\[secret:KEY].*", "");
                assertThat(left.length()).isLessThanOrEqualTo(21 + before.length() * 4 / 3 + 2);
            }
        }
    }

    @Test
    void an_end_that_was_cut_off_is_replaced_too() {
        hide("KEY", "s3cret-value-of-mine");

        assertThat(redaction.text("a s3cret-v")).isEqualTo("a [secret:KEY]");
        assertThat(redaction.text("a s3cret-v...")).isEqualTo("a [secret:KEY]...");
        assertThat(redaction.text("a s3cre")).isEqualTo("a s3cre");
        assertThat(redaction.text("a s3cret-v and on")).isEqualTo("a s3cret-v and on");
    }

    @Test
    void each_line_of_a_value_of_many_lines_is_hidden() {
        hide("PEM", "-----BEGIN KEY-----\nMIIBVgIBADANBg\nabc\n-----END KEY-----\n");

        assertThat(redaction.text("> MIIBVgIBADANBg <")).isEqualTo("> [secret:PEM] <");
        assertThat(redaction.text("abc")).as("too short to be told apart").isEqualTo("abc");
    }

    @Test
    void a_value_that_begins_with_another_is_replaced_as_a_whole() {
        hide("SHORT", "s3cret");
        hide("LONG", "s3cret-and-more");

        assertThat(redaction.text("s3cret-and-more s3cret"))
                .isEqualTo("[secret:LONG] [secret:SHORT]");
    }

    @Test
    void values_of_less_than_six_characters_stay() {
        hide("PIN", "12345");
        hide("LONGER", "123456");

        assertThat(redaction.text("12345 and 123456")).isEqualTo("12345 and [secret:LONGER]");
    }

    @Test
    void json_stays_json_and_what_is_not_concerned_stays_as_it_is_spelled() {
        hide("KEY", CANARY);
        hide("NUMBER", "123456789012");
        var json =
                "{\"a\": 1.50e3, \"b\": \"x can\\/ary+\\u00e9 \\\"3f9c\\\"? y\", \"n\":"
                        + " 123456789012, \"can/ary+é \\\"3f9c\\\"?\": [true, null]}";

        assertThat(redaction.json(Payload.ofJson(json)).text())
                .isEqualTo(
                        "{\"a\":1.50e3,\"b\":\"x [secret:KEY] y\",\"n\":\"[secret:NUMBER]\","
                                + "\"[secret:KEY]\":[true,null]}");
        var other = Payload.ofJson("{ \"a\" :  1.50e3 }");
        assertThat(redaction.json(other)).isSameAs(other);
    }

    @Test
    void what_an_attempt_came_to_is_cleaned_in_all_its_parts() {
        hide("KEY", "s3cret-value");
        var failure =
                new Failure(
                        Failure.Code.HANDLER_FAILED,
                        "s3cret-value",
                        "a s3cret-value",
                        "at s3cret-value");
        var clean =
                new Failure(
                        Failure.Code.HANDLER_FAILED,
                        "[secret:KEY]",
                        "a [secret:KEY]",
                        "at [secret:KEY]");

        assertThat(redaction.outcome(new Outcome.Failed(failure)))
                .isEqualTo(new Outcome.Failed(clean));
        assertThat(redaction.outcome(new Outcome.FailedForGood(failure)))
                .isEqualTo(new Outcome.FailedForGood(clean));
        assertThat(redaction.outcome(new Outcome.Succeeded(Payload.ofJson("\"s3cret-value\""))))
                .isEqualTo(new Outcome.Succeeded(Payload.ofJson("\"[secret:KEY]\"")));
        assertThat(redaction.outcome(new Outcome.Cancelled("by s3cret-value")))
                .isEqualTo(new Outcome.Cancelled("by [secret:KEY]"));
        var said =
                redaction.progress(
                        new Progress(
                                1.0,
                                2L,
                                3L,
                                "m s3cret-value",
                                Payload.ofJson("[\"s3cret-value\"]")));
        assertThat(said.message()).isEqualTo("m [secret:KEY]");
        assertThat(Objects.requireNonNull(said.data()).text()).isEqualTo("[\"[secret:KEY]\"]");
    }

    @Test
    void what_would_be_read_back_is_refused_by_the_secrets_name_and_not_by_its_value() {
        hide("KEY", "s3cret-value");

        redaction.refuseIn("the output of step 'a'", Payload.ofJson("\"harmless\""));
        assertThatThrownBy(() ->
                        redaction.refuseIn(
                                "the output of step 'a'",
                                Payload.ofJson("{\"a\":\"s3cret-value\"}")))
                .isInstanceOf(KedgeException.Invalid.class)
                .hasMessageContaining("the output of step 'a'")
                .hasMessageContaining("'KEY'")
                .hasMessageNotContaining("s3cret-value");
    }

    @Test
    void with_thousands_of_secrets_a_line_costs_no_more_than_a_moment() {
        var all = new java.util.ArrayList<RunSecrets.Handed>();
        for (var i = 0; i < 3_000; i++) {
            all.add(
                    new RunSecrets.Handed(
                            new SecretName("k" + i),
                            SecretOwner.SYSTEM,
                            SecretValue.of("value-%d-of-a-secret".formatted(i))));
        }
        redaction.hide(all);
        var line = "a line without anything ".repeat(340) + "value-2999-of-a-secret";

        var began = System.nanoTime();
        var clean = redaction.text(line);

        assertThat(clean).endsWith("[secret:k2999]");
        assertThat(System.nanoTime() - began).isLessThan(1_000_000_000L);
    }
}
