package dev.kedge.server;

import dev.kedge.model.Permission;
import io.javalin.http.HandlerType;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One thing that can be asked of the server: what the router mounts, the OpenAPI document lists and
 * the metrics are kept by. None can be made without saying who may ask for it.
 *
 * @param query the query parameters it knows; others are refused
 * @param body what is sent; null where nothing is
 * @param bodyBytesMax how much of it
 * @param access who may ask
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
        Access access,
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

    /** Whether it is answered without a key. */
    boolean open() {
        return access.equals(Access.ANYONE);
    }

    /** A route of which it is not said yet who may ask for it. */
    record Draft(
            HandlerType method,
            String path,
            String summary,
            List<String> query,
            @Nullable Class<?> body,
            int bodyBytesMax,
            int status,
            @Nullable Class<?> answer,
            Action action) {

        Draft taking(String... parameters) {
            return new Draft(
                    method,
                    path,
                    summary,
                    List.of(parameters),
                    body,
                    bodyBytesMax,
                    status,
                    answer,
                    action);
        }

        /** It makes something new. */
        Draft creating() {
            return new Draft(method, path, summary, query, body, bodyBytesMax, 201, answer, action);
        }

        /** For whoever has the permission in the namespace of the path; without one, in all. */
        Route needs(Permission.Act act) {
            return with(
                    path.contains("{ns}")
                            ? new Access.InNamespace(act)
                            : new Access.Everywhere(act));
        }

        /** For whoever has the permission in every namespace, though it is about one. */
        Route needsEverywhere(Permission.Act act) {
            return with(new Access.Everywhere(act));
        }

        /** For whoever has a key, whatever it is for. */
        Route forAllWhoAreKnown() {
            return with(Access.KNOWN);
        }

        Route withoutKey() {
            return with(Access.ANYONE);
        }

        private Route with(Access access) {
            return new Route(
                    method,
                    path,
                    summary,
                    query,
                    body,
                    bodyBytesMax,
                    access,
                    status,
                    answer,
                    action);
        }
    }

    static Draft get(String path, String summary, @Nullable Class<?> answer, Action action) {
        return bare(HandlerType.GET, path, summary, 200, answer, action);
    }

    static Draft delete(String path, String summary, Action action) {
        return bare(HandlerType.DELETE, path, summary, 204, null, action);
    }

    /** A request that acts and needs nothing to be said about it. */
    static Draft post(String path, String summary, Class<?> answer, Action action) {
        return bare(HandlerType.POST, path, summary, 200, answer, action);
    }

    static Draft put(
            String path,
            String summary,
            Class<?> body,
            int bytesMax,
            Class<?> answer,
            Action action) {
        return sending(HandlerType.PUT, path, summary, body, bytesMax, answer, action);
    }

    static Draft patch(
            String path,
            String summary,
            Class<?> body,
            int bytesMax,
            Class<?> answer,
            Action action) {
        return sending(HandlerType.PATCH, path, summary, body, bytesMax, answer, action);
    }

    static Draft post(
            String path,
            String summary,
            Class<?> body,
            int bytesMax,
            Class<?> answer,
            Action action) {
        return sending(HandlerType.POST, path, summary, body, bytesMax, answer, action);
    }

    private static Draft bare(
            HandlerType method,
            String path,
            String summary,
            int status,
            @Nullable Class<?> answer,
            Action action) {
        return new Draft(
                method,
                path,
                summary,
                List.of(),
                null,
                EMPTY_BODY_BYTES_MAX,
                status,
                answer,
                action);
    }

    private static Draft sending(
            HandlerType method,
            String path,
            String summary,
            Class<?> body,
            int bytesMax,
            Class<?> answer,
            Action action) {
        return new Draft(method, path, summary, List.of(), body, bytesMax, 200, answer, action);
    }
}
