package dev.kedge.server;

import dev.kedge.api.Problem;
import dev.kedge.api.Schemas;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The OpenAPI document, made from the routes that are mounted. */
final class OpenApi {

    private static final Pattern PATH_PARAMETER = Pattern.compile("\\{(\\w+)}");
    private static final String JSON = "application/json";

    private OpenApi() {}

    static Map<String, Object> of(List<Route> routes) {
        var document = new LinkedHashMap<String, Object>();
        document.put("openapi", "3.1.0");
        document.put(
                "info",
                Map.of(
                        "title",
                        "Kedge",
                        "version",
                        "1",
                        "description",
                        "Durable background jobs on PostgreSQL"));
        document.put("security", List.of(Map.of("key", List.of())));
        document.put("paths", paths(routes));
        document.put(
                "components",
                Map.of(
                        "schemas",
                        schemas(routes),
                        "securitySchemes",
                        Map.of("key", Map.of("type", "http", "scheme", "bearer"))));
        return document;
    }

    private static Map<String, Object> paths(List<Route> routes) {
        var paths = new LinkedHashMap<String, Map<String, Object>>();
        for (var route : routes) {
            paths.computeIfAbsent(route.path(), _ -> new LinkedHashMap<>())
                    .put(route.method().name().toLowerCase(Locale.ROOT), operation(route));
        }
        return new LinkedHashMap<>(paths);
    }

    private static Map<String, Object> operation(Route route) {
        var operation = new LinkedHashMap<String, Object>();
        operation.put("summary", route.summary());
        if (route.open()) {
            operation.put("security", List.of());
        }
        operation.put("parameters", parameters(route));
        if (route.body() != null) {
            operation.put("requestBody", content(JSON, Schemas.reference(route.body())));
        }
        operation.put(
                "responses",
                Map.of(
                        Integer.toString(route.status()),
                        answer(route),
                        "default",
                        described(
                                "why not",
                                content(Problem.MEDIA_TYPE, Schemas.reference(Problem.class)))));
        return operation;
    }

    private static Map<String, Object> answer(Route route) {
        return described(
                route.summary(),
                route.answer() == null
                        ? Map.of()
                        : content(JSON, Schemas.reference(route.answer())));
    }

    private static List<Map<String, Object>> parameters(Route route) {
        var parameters = new ArrayList<Map<String, Object>>();
        var inPath = PATH_PARAMETER.matcher(route.path());
        while (inPath.find()) {
            parameters.add(parameter("path", inPath.group(1), true));
        }
        route.query().forEach(name -> parameters.add(parameter("query", name, false)));
        return parameters;
    }

    private static Map<String, Object> parameter(String in, String name, boolean required) {
        return Map.of(
                "in", in, "name", name, "required", required, "schema", Map.of("type", "string"));
    }

    private static Map<String, Object> content(String mediaType, Map<String, Object> schema) {
        return Map.of("content", Map.of(mediaType, Map.of("schema", schema)));
    }

    private static Map<String, Object> described(String text, Map<String, Object> rest) {
        var described = new LinkedHashMap<>(rest);
        described.put("description", text);
        return described;
    }

    private static Map<String, Object> schemas(List<Route> routes) {
        var records = new LinkedHashSet<Class<?>>();
        records.add(Problem.class);
        routes.stream()
                .flatMap(route -> Stream.of(route.body(), route.answer()))
                .filter(Objects::nonNull)
                .forEach(records::add);
        return Schemas.of(records);
    }
}
