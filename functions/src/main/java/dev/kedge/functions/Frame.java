package dev.kedge.functions;

import org.jspecify.annotations.Nullable;

/** One message from a process, as it claims to be. */
final class Frame {

    static final int SECRET_BYTES = 16;

    /** Secret, number of the run, kind, length of the body. */
    static final int HEAD_BYTES = SECRET_BYTES + 4 + 1 + 4;

    /** What it says; the number is the one on the wire. */
    enum Kind {
        LOADED(1),
        RETURNED(2),
        FAILED(3),
        LOG(4),
        PROGRESS(5),
        ASK(6),
        SUSPENDED(7);

        private final int wire;

        Kind(int wire) {
            this.wire = wire;
        }

        static @Nullable Kind of(int wire) {
            for (var kind : values()) {
                if (kind.wire == wire) {
                    return kind;
                }
            }
            return null;
        }
    }

    private final int run;
    private final Kind kind;
    private final byte[] body;

    Frame(int run, Kind kind, byte[] body) {
        this.run = run;
        this.kind = kind;
        this.body = body;
    }

    /** The number of the run it speaks of; 0 before the first. */
    int run() {
        return run;
    }

    Kind kind() {
        return kind;
    }

    /** The bytes themselves, to be read only. */
    byte[] body() {
        return body;
    }
}
