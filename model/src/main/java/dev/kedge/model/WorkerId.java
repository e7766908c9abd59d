package dev.kedge.model;

import java.util.UUID;

/** One start of one worker process. A process that restarts is another worker. */
public record WorkerId(UUID value) {

    @Override
    public String toString() {
        return value.toString();
    }
}
