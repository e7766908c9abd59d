package dev.kedge.model;

import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * That something may be done: everywhere in a namespace, or for one job only.
 *
 * @param job the only job it is for; null for all of them
 */
public record Permission(Act act, @Nullable JobName job) {

    /** What is done. The words are part of the contract. */
    public enum Act {
        /** Look at jobs, runs, events and dead letters. */
        JOBS_READ,
        /** Submit runs and repeat them, cancel one's own, publish events. */
        JOBS_WRITE,
        /** Define, pause and remove jobs, set limits, end the runs of others. */
        JOBS_ADMIN,
        /** Deploy code, and choose which version runs. */
        FUNCTIONS_WRITE,
        /** Set secrets and remove them. */
        SECRETS_WRITE,
        /** Make keys, and say who is a member and with which role. */
        KEYS_WRITE,
        /** Read who did what. */
        AUDIT_READ;

        /** As it is written: {@code jobs:read}. */
        public String word() {
            return name().toLowerCase(Locale.ROOT).replace('_', ':');
        }

        /** Whether it is about jobs, and may so be given for one of them. */
        boolean isOfJobs() {
            return this == JOBS_READ || this == JOBS_WRITE || this == JOBS_ADMIN;
        }
    }

    public Permission {
        if (job != null && !act.isOfJobs()) {
            throw new KedgeException.Invalid(
                    "permission", "%s is not given for one job".formatted(act.word()));
        }
    }

    public static Permission to(Act act) {
        return new Permission(act, null);
    }

    /** The same, for one job only. */
    public Permission on(JobName one) {
        return new Permission(act, one);
    }

    /** Reads {@code jobs:write} or {@code jobs:write/send-mail}. */
    public static Permission parse(String text) {
        var slash = text.indexOf('/');
        var word = slash < 0 ? text : text.substring(0, slash);
        for (var act : Act.values()) {
            if (act.word().equals(word)) {
                return new Permission(
                        act, slash < 0 ? null : new JobName(text.substring(slash + 1)));
            }
        }
        throw new KedgeException.Invalid(
                "permission", "there is no permission '%s'".formatted(Texts.head(text, 80)));
    }

    /** Whether whoever has this has {@code wanted} as well. */
    public boolean covers(Permission wanted) {
        return act == wanted.act && (job == null || Objects.equals(job, wanted.job));
    }

    @Override
    public String toString() {
        return job == null ? act.word() : act.word() + "/" + job;
    }
}
