package dev.kedge.bench;

import java.sql.SQLException;
import java.util.List;

/**
 * Something that carries out runs of three recorded steps that do nothing, for callers who wait.
 */
interface Workflows extends Subject {

    List<String> STEPS = List.of("first", "second", "third");

    @Override
    void carryOut(int number) throws SQLException, InterruptedException;

    @Override
    default void enqueue(int number) {
        throw new UnsupportedOperationException("callers wait for the end");
    }

    @Override
    default void enqueueBatch(int first, int count) {
        throw new UnsupportedOperationException("callers wait for the end");
    }

    @Override
    default void pause() {
        throw new UnsupportedOperationException("it never rests");
    }

    @Override
    default void resume() {
        throw new UnsupportedOperationException("it never rests");
    }

    @Override
    default long ended() {
        throw new UnsupportedOperationException("callers know themselves");
    }
}
