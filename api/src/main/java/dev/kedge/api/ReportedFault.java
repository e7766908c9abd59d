package dev.kedge.api;

import tools.jackson.core.JsonParser;
import tools.jackson.databind.exc.MismatchedInputException;

/** A fault that a reader of ours found; its words are for the caller. */
final class ReportedFault extends MismatchedInputException {

    ReportedFault(JsonParser parser, Class<?> type, String detail) {
        super(parser, detail, type);
    }
}
