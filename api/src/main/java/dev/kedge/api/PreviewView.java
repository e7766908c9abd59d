package dev.kedge.api;

import java.time.Instant;
import java.util.List;

/** When a schedule will be due. */
public record PreviewView(String schedule, String zone, List<SlotView> items) {

    /**
     * One time.
     *
     * @param words the same by the clocks of the zone, with what a change of them does to it
     */
    public record SlotView(Instant at, String words) {}
}
