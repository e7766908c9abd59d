package dev.kedge.functions;

import java.io.IOException;

/** A process sent something under its secret that the bootstrap never sends. */
final class ForgedFrameException extends IOException {

    private static final long serialVersionUID = 1L;

    ForgedFrameException(String what) {
        super("not a frame of ours: " + what);
    }
}
