package dev.kedge.server;

import dev.kedge.model.PrincipalId;
import io.javalin.http.Context;
import java.time.Duration;

/** How often one address and one principal may ask, and how often an address may guess. */
final class RequestRates {

    private final Addresses from;
    private final Throttle addresses;
    private final Throttle principals;
    private final Throttle failures;

    RequestRates(EdgeConfig config) {
        this.from = new Addresses(config.proxies());
        this.addresses = new Throttle(Throttle.Rate.perSecond(config.perAddressMax()));
        this.principals = new Throttle(Throttle.Rate.perSecond(config.perPrincipalMax()));
        this.failures =
                new Throttle(new Throttle.Rate(config.failuresMax(), Duration.ofMinutes(1)));
    }

    /** What stands for whoever sends this. */
    String sender(Context ctx) {
        return from.keyOf(ctx);
    }

    /** A request has come. */
    void arrived(Context ctx) {
        admit(addresses.take(sender(ctx)), "there are too many requests from your address");
    }

    /** A credential is about to be looked at. */
    void mayTry(Context ctx) {
        admit(failures.untilToken(sender(ctx)), "there were too many wrong keys from your address");
    }

    /** The credential was wrong. */
    void failed(Context ctx) {
        failures.take(sender(ctx));
    }

    /** The caller is known now. */
    void asked(PrincipalId principal) {
        admit(principals.take(principal.value()), "you send too many requests");
    }

    private static void admit(Duration wait, String because) {
        if (!wait.isZero()) {
            throw Refused.tooOften(because, wait);
        }
    }
}
