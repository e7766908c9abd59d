package dev.kedge.functions;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kedge.testkit.ManualClock;
import dev.kedge.testkit.MemoryJournal;
import dev.kedge.testkit.MemorySecrets;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Questions to a journal, as whoever got hold of the channel might put them. */
class AskTest {

    private final BlockingQueue<String> said = new LinkedBlockingQueue<>();
    private final CompletableFuture<RuntimeException> broken = new CompletableFuture<>();

    private final MemoryJournal journal = new MemoryJournal(new ManualClock(Instant.EPOCH));

    private final JournalDesk.Reply reply =
            new JournalDesk.Reply() {
                @Override
                public void answer(byte[] json) {
                    said.add("answer " + new String(json, UTF_8));
                }

                @Override
                public void refuse(String why) {
                    said.add("refused " + why);
                }
            };

    private static byte[] bytes(int verb, int length, String text) {
        var json = text.getBytes(UTF_8);
        return ByteBuffer.allocate(9 + json.length)
                .putInt(7)
                .put((byte) verb)
                .putInt(length)
                .put(json)
                .array();
    }

    private static byte[] question(int verb, String head, String body) {
        return bytes(verb, head.getBytes(UTF_8).length, head + body);
    }

    static Stream<byte[]> garbage() {
        return Stream.of(
                new byte[0],
                new byte[8],
                bytes(0, 2, "{}"),
                bytes(99, 2, "{}"),
                bytes(2, 3, "{}"),
                bytes(2, -1, "{}"),
                bytes(2, Integer.MAX_VALUE, "{}"),
                bytes(2, 2, "{,"));
    }

    @ParameterizedTest
    @MethodSource("garbage")
    void garbage_is_a_forgery(byte[] bytes) {
        assertThatThrownBy(() -> Ask.read(bytes)).isInstanceOf(ForgedFrameException.class);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    2 | {"path":""}                        | 1    | name
                    2 | {"path":"a"}                       |      | no JSON value
                    2 | {"path":"a"}                       | 1 2  | more than one JSON value
                    2 | {"path":"a"}                       | {    | value
                    2 | {"path":"a"}                       | "12345678901234567890" | the limit is 20
                    4 | {"path":"a","kind":"step"}         |      | is nothing to wait for
                    4 | {"path":"a","kind":"sleep","ms":-1} |     | duration
                    4 | {"path":"a","kind":"invoke","job":"No!"} | 1 | job
                    4 | {"path":"a","kind":"invoke","job":"ok","priority":1.5} | 1 | a whole number
                    6 | {"path":"a","topic":"no topic"}    | 1    | topic
                    """)
    void what_makes_no_sense_is_refused(int verb, String head, String body, String why)
            throws Exception {
        new JournalDesk(journal, new MemorySecrets(), 20, broken::complete)
                .take(Ask.read(question(verb, head, body == null ? "" : body)), reply);

        assertThat(said.take()).startsWith("refused ").contains(why);
    }

    @Test
    void more_questions_at_once_than_the_bootstrap_asks_are_a_forgery() throws Exception {
        var desk = new JournalDesk(journal, new MemorySecrets(), 20, broken::complete);
        var ask = Ask.read(question(7, "{\"key\":\"a\"}", "1"));
        synchronized (journal) { // Nobody gets an answer.
            for (var i = 0; i < JournalDesk.OPEN_MAX; i++) {
                desk.take(ask, reply);
            }
            assertThatThrownBy(() -> desk.take(ask, reply))
                    .isInstanceOf(ForgedFrameException.class);
        }

        for (var i = 0; i < JournalDesk.OPEN_MAX; i++) {
            assertThat(said.take()).isEqualTo("answer null");
        }
        desk.take(ask, reply);
        assertThat(said.take()).isEqualTo("answer null");
    }
}
