package dev.kedge.functions;

import dev.kedge.model.Deployment;
import dev.kedge.model.Job;
import java.util.List;
import java.util.Optional;

/**
 * What became of a function's code.
 *
 * @param job its job as it is defined now; empty where the code was stored but not promoted
 * @param warnings what the code asks for that has no effect
 */
public record Deployed(Deployment deployment, Optional<Job> job, List<String> warnings) {}
