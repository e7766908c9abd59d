package dev.kedge.model;

import java.util.regex.Pattern;

/**
 * What somebody did that is written down for good.
 *
 * @param act what kind of thing: {@code job.define}, {@code key.revoke}
 * @param subject what it was done to: a name or an id
 * @param details whatever else a reader will want to know; never a secret
 */
public record AuditNote(String act, String subject, Payload details) {

    public static final int SUBJECT_CHARS_MAX = 512;
    public static final int DETAILS_BYTES_MAX = 8 << 10;

    private static final Payload NO_DETAILS = Payload.ofJson("{}");
    private static final Pattern ACT = Pattern.compile("[a-z]+(_[a-z]+)*(\\.[a-z]+(_[a-z]+)*)+");
    private static final int ACT_CHARS_MAX = 64;

    public AuditNote {
        Texts.check("act", act, ACT_CHARS_MAX);
        Names.check("act", act, ACT);
        Texts.check("subject", subject, SUBJECT_CHARS_MAX);
        details.atMost(DETAILS_BYTES_MAX, "details");
    }

    public static AuditNote of(String act, String subject) {
        return new AuditNote(act, subject, NO_DETAILS);
    }
}
