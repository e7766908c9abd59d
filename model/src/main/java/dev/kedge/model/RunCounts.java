package dev.kedge.model;

import java.util.Map;
import java.util.TreeMap;

/** How many runs are in each state, by job. Kept by transition, never by scanning. */
public record RunCounts(Map<JobName, Map<RunState, Long>> byJob) {

    /** Over all jobs; every state is present. */
    public Map<RunState, Long> total() {
        var total = new TreeMap<RunState, Long>();
        for (var state : RunState.values()) {
            total.put(state, 0L);
        }
        byJob.values()
                .forEach(counts -> counts.forEach((state, n) -> total.merge(state, n, Long::sum)));
        return total;
    }
}
