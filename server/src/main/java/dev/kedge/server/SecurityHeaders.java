package dev.kedge.server;

import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.PreEncodedHttpField;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.Request;

/**
 * What browsers are told with every answer: that it is no page, belongs in no frame, is what it
 * says it is, and is kept nowhere. A route that answers something else says so itself.
 */
final class SecurityHeaders implements HttpConfiguration.Customizer {

    private static final HttpField[] ALWAYS = {
        new PreEncodedHttpField(
                "Content-Security-Policy",
                "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"),
        new PreEncodedHttpField("X-Frame-Options", "DENY"),
        new PreEncodedHttpField("X-Content-Type-Options", "nosniff"),
        new PreEncodedHttpField("Referrer-Policy", "no-referrer"),
        new PreEncodedHttpField("Cross-Origin-Opener-Policy", "same-origin"),
        new PreEncodedHttpField("Cross-Origin-Resource-Policy", "same-origin"),
        new PreEncodedHttpField(HttpHeader.CACHE_CONTROL, "no-store"),
    };

    /** A year: who came over TLS once comes over nothing else. */
    private static final HttpField UNDER_TLS =
            new PreEncodedHttpField(HttpHeader.STRICT_TRANSPORT_SECURITY, "max-age=31536000");

    @Override
    public Request customize(Request request, HttpFields.Mutable answer) {
        put(answer, request.isSecure());
        return request;
    }

    static void put(HttpFields.Mutable answer, boolean underTls) {
        for (var field : ALWAYS) {
            answer.put(field);
        }
        if (underTls) {
            answer.put(UNDER_TLS);
        }
    }
}
