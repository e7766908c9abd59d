package dev.kedge.api;

/** A message is no JSON, or not the JSON that is wanted there. */
public final class JsonRefused extends RuntimeException {

    private final boolean syntax;
    private final String pointer;
    private final String detail;

    JsonRefused(boolean syntax, String pointer, String detail) {
        super(pointer.isEmpty() ? detail : pointer + ": " + detail);
        this.syntax = syntax;
        this.pointer = pointer;
        this.detail = detail;
    }

    /** Whether it is no acceptable JSON at all, whatever was wanted. */
    public boolean syntax() {
        return syntax;
    }

    /** The JSON Pointer of the part at fault; empty for the whole. */
    public String pointer() {
        return pointer;
    }

    /** What is wrong there, in words. */
    public String detail() {
        return detail;
    }
}
