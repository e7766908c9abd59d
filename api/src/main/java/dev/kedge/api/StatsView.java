package dev.kedge.api;

import java.util.Map;

/**
 * How many runs are in each state.
 *
 * @param states over all jobs; every state is present
 * @param jobs the same by job
 */
public record StatsView(Map<String, Long> states, Map<String, Map<String, Long>> jobs) {}
