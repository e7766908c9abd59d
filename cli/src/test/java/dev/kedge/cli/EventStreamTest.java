package dev.kedge.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class EventStreamTest {

    @Test
    void events_come_one_by_one_and_comments_not_at_all() throws IOException {
        var stream = stream(": hello\n\nevent: log\nid: 7\ndata: {\"a\":1}\n\ndata:x\ndata: y\n\n");

        assertThat(stream.next()).isEqualTo(new EventStream.Event("log", "{\"a\":1}"));
        assertThat(stream.next()).isEqualTo(new EventStream.Event("message", "x\ny"));
        assertThat(stream.next()).isNull();
    }

    @Test
    void an_event_that_was_cut_off_is_none() throws IOException {
        assertThat(stream("event: log\ndata: {\"a\"").next()).isNull();
    }

    @Test
    void a_name_without_data_does_not_stick_to_the_next_event() throws IOException {
        assertThat(stream("event: end\n\ndata: x\n\n").next())
                .isEqualTo(new EventStream.Event("message", "x"));
    }

    private static EventStream stream(String text) {
        return new EventStream(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)));
    }
}
