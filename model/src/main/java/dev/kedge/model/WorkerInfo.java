package dev.kedge.model;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A worker as others see it.
 *
 * @param host where it runs; a label, not an identity
 * @param slots how many attempts it carries out at once
 * @param running how many leases it holds now
 * @param sinceBeat how long ago it last gave a sign of life; null once it is lost
 * @param lostAt when it was declared lost or said goodbye; null while it lives
 */
public record WorkerInfo(
        WorkerId id,
        String host,
        long pid,
        int slots,
        int running,
        Instant startedAt,
        @Nullable Duration sinceBeat,
        @Nullable Instant lostAt) {}
