package dev.kedge.server;

import dev.kedge.api.DecisionPage.DecisionView;
import dev.kedge.api.JobBody.ScheduleBody;
import dev.kedge.api.PreviewView.SlotView;
import dev.kedge.api.RawJson;
import dev.kedge.api.TriggerBody;
import dev.kedge.api.TriggerBody.Missed;
import dev.kedge.api.TriggerBody.OnOverlap;
import dev.kedge.api.TriggerView;
import dev.kedge.model.CatchUp;
import dev.kedge.model.CronTrigger;
import dev.kedge.model.CronTrigger.Timetable;
import dev.kedge.model.EventTrigger;
import dev.kedge.model.KedgeException;
import dev.kedge.model.Overlap;
import dev.kedge.model.Payload;
import dev.kedge.model.Schedule;
import dev.kedge.model.SlotDecision;
import dev.kedge.model.Topic;
import dev.kedge.model.Trigger;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Triggers between the wire and the model. */
final class TriggerWords {

    private static final DateTimeFormatter CLOCK =
            DateTimeFormatter.ofPattern("EEE d MMM yyyy HH:mm:ss", Locale.ROOT);

    private TriggerWords() {}

    static Topic topic(TriggerBody body) {
        refuseGiven("schedule", body.schedule());
        refuseGiven("zone", body.zone());
        refuseGiven("overlap", body.overlap());
        refuseGiven("catchUp", body.catchUp());
        refuseGiven("payload", body.payload());
        return new Topic(wanted("topic", body.topic()));
    }

    static Timetable timetable(TriggerBody body) {
        refuseGiven("topic", body.topic());
        refuseGiven("match", body.match());
        return timetable(
                new ScheduleBody(
                        wanted("schedule", body.schedule()),
                        body.zone(),
                        body.overlap(),
                        body.catchUp(),
                        body.payload()));
    }

    static Timetable timetable(ScheduleBody body) {
        var normal = Timetable.of(Schedule.parse(body.cron(), zone(body.zone())));
        var overlap = body.overlap();
        var catchUp = body.catchUp();
        var payload = body.payload();
        return new Timetable(
                normal.schedule(),
                overlap == null ? normal.overlap() : Overlap.valueOf(overlap.name()),
                catchUp == null ? normal.catchUp() : catchUp(catchUp),
                payload == null ? normal.payload() : Payload.ofJson(payload.bytes()));
    }

    private static <T> T wanted(String field, @Nullable T value) {
        if (value == null) {
            throw new KedgeException.Invalid(field, "a trigger of this kind needs it");
        }
        return value;
    }

    private static void refuseGiven(String field, @Nullable Object value) {
        if (value != null) {
            throw new KedgeException.Invalid(field, "a trigger of this kind has none");
        }
    }

    static ZoneId zone(@Nullable String name) {
        return name == null ? ZoneOffset.UTC : Schedule.zone(name);
    }

    private static CatchUp catchUp(Missed word) {
        return switch (word) {
            case NONE -> CatchUp.NONE;
            case LAST -> CatchUp.LAST;
            case ALL -> CatchUp.ALL;
        };
    }

    private static Missed word(CatchUp catchUp) {
        return switch (catchUp.most()) {
            case 0 -> Missed.NONE;
            case 1 -> Missed.LAST;
            default -> Missed.ALL;
        };
    }

    /** Null, said aloud, is what is said by leaving it out: any payload. */
    static @Nullable Payload match(@Nullable RawJson json) {
        return json == null || json.equals(RawJson.NULL) ? null : Payload.ofJson(json.bytes());
    }

    static TriggerView view(Trigger trigger) {
        return switch (trigger) {
            case EventTrigger event ->
                    new TriggerView(
                            event.id().toString(),
                            event.job().value(),
                            "event",
                            event.topic().value(),
                            RunWords.raw(event.match()),
                            null,
                            null,
                            null,
                            null,
                            null,
                            null,
                            event.enabled(),
                            event.createdAt(),
                            event.lastTriggeredAt(),
                            null);
            case CronTrigger cron -> {
                var timetable = cron.timetable();
                yield new TriggerView(
                        cron.id().toString(),
                        cron.job().value(),
                        "cron",
                        null,
                        null,
                        timetable.schedule().text(),
                        timetable.schedule().zone().getId(),
                        OnOverlap.valueOf(timetable.overlap().name()),
                        word(timetable.catchUp()),
                        RunWords.raw(timetable.payload()),
                        cron.isDeclared(),
                        cron.enabled(),
                        cron.createdAt(),
                        cron.lastTriggeredAt(),
                        cron.nextAt());
            }
        };
    }

    static DecisionView view(SlotDecision decision) {
        return new DecisionView(
                decision.slot(),
                decision.verdict().name().toLowerCase(Locale.ROOT),
                decision.run() == null ? null : decision.run().toString(),
                decision.words());
    }

    static SlotView view(Schedule.Slot slot, ZoneId zone) {
        var time = CLOCK.format(slot.at().atZone(zone));
        var meant = slot.meant().toLocalTime();
        return new SlotView(
                slot.at(),
                switch (slot.shift()) {
                    case NONE -> time;
                    case PUT_OFF ->
                            "%s, because there is no %s on that day: the clocks go forward"
                                    .formatted(time, meant);
                    case FIRST_OF_TWO ->
                            "%s, the first of two, because the clocks go back".formatted(time);
                    case SECOND_OF_TWO ->
                            "%s, the second of two, because the clocks go back".formatted(time);
                });
    }
}
