package dev.kedge.functions;

import dev.kedge.model.CronTrigger.Timetable;
import dev.kedge.model.JobName;
import dev.kedge.model.JobPolicy;
import dev.kedge.model.Namespace;
import java.util.List;
import java.util.Optional;

/**
 * What a function's code says about itself.
 *
 * @param shape how its handler is written: {@code defineJob}, {@code default} or {@code serve}
 * @param job the name that its job is to have
 * @param namespace where its annotation wants it to live
 * @param schedules when its job is to start by itself
 * @param warnings what it asks for that has no effect
 */
public record FunctionDescription(
        String shape,
        JobName job,
        JobPolicy policy,
        Optional<String> description,
        Optional<Namespace> namespace,
        List<Timetable> schedules,
        List<String> warnings) {}
