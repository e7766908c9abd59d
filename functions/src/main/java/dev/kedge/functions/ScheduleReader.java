package dev.kedge.functions;

import dev.kedge.model.CatchUp;
import dev.kedge.model.CronTrigger.Timetable;
import dev.kedge.model.KedgeException;
import dev.kedge.model.Overlap;
import dev.kedge.model.Payload;
import dev.kedge.model.Schedule;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/**
 * Reads the schedules that {@code defineJob} was given: one or a list, each of them a text or an
 * object.
 */
final class ScheduleReader {

    private static final Set<String> FIELDS =
            Set.of("cron", "zone", "overlap", "catchUp", "payload");

    private ScheduleReader() {}

    /**
     * @throws KedgeException.Invalid a field is unknown or makes no sense; it is named
     */
    static List<Timetable> read(JsonNode said) {
        var each = said.isArray() ? said.valueStream() : Stream.of(said);
        return each.map(ScheduleReader::timetable).toList();
    }

    private static Timetable timetable(JsonNode said) {
        if (!said.isObject()) {
            return Timetable.of(
                    Schedule.parse(PolicyReader.text("schedule", said), ZoneOffset.UTC));
        }
        PolicyReader.refuseUnknown("schedule.", said, FIELDS);
        var zone =
                said.has("zone")
                        ? Schedule.zone(PolicyReader.text("schedule.zone", said.path("zone")))
                        : ZoneOffset.UTC;
        var timetable =
                Timetable.of(
                        Schedule.parse(
                                PolicyReader.text("schedule.cron", said.path("cron")), zone));
        var payload = said.path("payload");
        return timetable
                .with(overlap(said.path("overlap").asString("skip")))
                .with(catchUp(said.path("catchUp").asString("last")))
                .with(
                        said.has("payload")
                                ? Payload.ofJson(payload.toString())
                                : timetable.payload());
    }

    private static Overlap overlap(String word) {
        return switch (word) {
            case "skip" -> Overlap.SKIP;
            case "allow" -> Overlap.ALLOW;
            case "queue" -> Overlap.QUEUE;
            case "cancelRunning" -> Overlap.CANCEL_RUNNING;
            default ->
                    throw new KedgeException.Invalid(
                            "schedule.overlap",
                            "must be 'skip', 'allow', 'queue' or 'cancelRunning'");
        };
    }

    private static CatchUp catchUp(String word) {
        return switch (word) {
            case "none" -> CatchUp.NONE;
            case "last" -> CatchUp.LAST;
            case "all" -> CatchUp.ALL;
            default ->
                    throw new KedgeException.Invalid(
                            "schedule.catchUp", "must be 'none', 'last' or 'all'");
        };
    }
}
