package dev.kedge.store;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a claim of lanes with limits came to.
 *
 * @param skipped whether somebody else was claiming under one of the limits just then
 * @param nextKey after which concurrency key the next claim goes on looking for runs that others
 *     hide, whose keys are full; empty where it looks at all keys
 * @param again in how long another claim may find more; null where this one cannot tell
 */
public record LimitedClaim(
        List<Claimed> runs, boolean skipped, String nextKey, @Nullable Duration again) {}
