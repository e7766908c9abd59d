package dev.kedge.server;

import io.javalin.http.HandlerType;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One thing that can be asked of the server: what the router mounts, the OpenAPI document lists and
 * the metrics are kept by.
 *
 * @param query the query parameters it knows; others are refused
 * @param body what is sent; null where nothing is
 * @param bodyBytesMax how much of it
 * @param open whether it is answered without a key
 * @param status of the answer when all is well
 * @param answer what is answered in JSON; null where it is nothing or no JSON
 */
record Route(
        HandlerType method,
        String path,
        String summary,
        List<String> query,
        @Nullable Class<?> body,
        int bodyBytesMax,
        boolean open,
        int status,
        @Nullable Class<?> answer,
        Action action) {

    /** Carries out a request and answers it. */
    @FunctionalInterface
    interface Action {
        void answer(Call call) throws Exception;
    }

    /** What a request has that needs no body: at most an empty object. */
    record EmptyBody() {}

    private static final int EMPTY_BODY_BYTES_MAX = 1_024;

    /** Of a body that has a few words and nothing of the caller's own. */
    static final int SMALL_BODY_BYTES_MAX = 4 << 10;

    static Route get(String path, String summary, @Nullable Class<?> answer, Action action) {
        return new Route(
                HandlerType.GET,
                path,
                summary,
                List.of(),
                null,
                EMPTY_BODY_BYTES_MAX,
                false,
                200,
                answer,
                action);
    }

    static Route delete(String path, String summary, Action action) {
        return new Route(
                HandlerType.DELETE,
                path,
                summary,
                List.of(),
                null,
                EMPTY_BODY_BYTES_MAX,
                false,
                204,
                null,
                action);
    }

    static Route put(
            String path,
            String summary,
            Class<?> body,
            int bytesMax,
            Class<?> answer,
            Action action) {
        return new Route(
                HandlerType.PUT,
                path,
                summary,
                List.of(),
                body,
                bytesMax,
                false,
                200,
                answer,
                action);
    }

    static Route patch(
            String path,
            String summary,
            Class<?> body,
            int bytesMax,
            Class<?> answer,
            Action action) {
        return new Route(
                HandlerType.PATCH,
                path,
                summary,
                List.of(),
                body,
                bytesMax,
                false,
                200,
                answer,
                action);
    }

    /** A request that acts and needs nothing to be said about it. */
    static Route post(String path, String summary, Class<?> answer, Action action) {
        return new Route(
                HandlerType.POST,
                path,
                summary,
                List.of(),
                null,
                EMPTY_BODY_BYTES_MAX,
                false,
                200,
                answer,
                action);
    }

    static Route post(
            String path,
            String summary,
            Class<?> body,
            int bytesMax,
            Class<?> answer,
            Action action) {
        return new Route(
                HandlerType.POST,
                path,
                summary,
                List.of(),
                body,
                bytesMax,
                false,
                200,
                answer,
                action);
    }

    Route taking(String... parameters) {
        return new Route(
                method,
                path,
                summary,
                List.of(parameters),
                body,
                bodyBytesMax,
                open,
                status,
                answer,
                action);
    }

    /** It makes something new. */
    Route creating() {
        return new Route(
                method, path, summary, query, body, bodyBytesMax, open, 201, answer, action);
    }

    Route withoutKey() {
        return new Route(
                method, path, summary, query, body, bodyBytesMax, true, status, answer, action);
    }
}
