package dev.kedge.api;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One start of a process that carries out runs.
 *
 * @param running how many runs it holds
 * @param sinceBeat how long ago it last gave a sign of life; absent once it is lost
 * @param lostAt when it was declared lost or said goodbye
 */
public record WorkerView(
        String id,
        String host,
        long pid,
        int slots,
        int running,
        Instant startedAt,
        @Nullable String sinceBeat,
        @Nullable Instant lostAt) {}
