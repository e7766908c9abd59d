package dev.kedge.api;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** Describes the wire records as JSON Schema, by the same rules that {@link Json} reads them by. */
public final class Schemas {

    private static final String PREFIX = "#/components/schemas/";

    private final Map<String, Object> components = new TreeMap<>();

    private Schemas() {}

    /** The schemas of {@code records} and of all that they are made of, by name. */
    public static Map<String, Object> of(Collection<Class<?>> records) {
        var schemas = new Schemas();
        records.forEach(schemas::schema);
        return schemas.components;
    }

    /** How an OpenAPI document refers to a record. */
    public static Map<String, Object> reference(Class<?> type) {
        return Map.of("$ref", PREFIX + name(type));
    }

    private Map<String, Object> schema(Type type) {
        if (type instanceof ParameterizedType generic) {
            var arguments = generic.getActualTypeArguments();
            return generic.getRawType() == List.class
                    ? Map.of("type", "array", "items", schema(arguments[0]))
                    : Map.of("type", "object", "additionalProperties", schema(arguments[1]));
        }
        return simple((Class<?>) type);
    }

    private Map<String, Object> simple(Class<?> type) {
        if (type == RawJson.class) {
            return Map.of("description", "any JSON value");
        }
        if (type == String.class) {
            return Map.of("type", "string");
        }
        if (type == Instant.class) {
            return Map.of("type", "string", "format", "date-time");
        }
        if (type == Boolean.class || type == boolean.class) {
            return Map.of("type", "boolean");
        }
        if (type == Double.class || type == double.class) {
            return Map.of("type", "number");
        }
        if (type == Integer.class || type == int.class) {
            return Map.of("type", "integer", "format", "int32");
        }
        if (type == Long.class || type == long.class) {
            return Map.of("type", "integer", "format", "int64");
        }
        if (type.isEnum()) {
            var words =
                    Arrays.stream(type.getEnumConstants())
                            .map(word -> word.toString().toLowerCase(Locale.ROOT))
                            .toList();
            return Map.of("type", "string", "enum", words);
        }
        if (!type.isRecord()) {
            throw new IllegalArgumentException(type + " has no place on the wire");
        }
        if (!components.containsKey(name(type))) {
            components.put(name(type), Map.of()); // A record may contain itself.
            components.put(name(type), object(type));
        }
        return reference(type);
    }

    private Map<String, Object> object(Class<?> type) {
        var properties = new LinkedHashMap<String, Object>();
        var required = new ArrayList<String>();
        for (var component : type.getRecordComponents()) {
            properties.put(component.getName(), schema(component.getGenericType()));
            if (Contract.isRequired(component)) {
                required.add(component.getName());
            }
        }
        var object = new LinkedHashMap<String, Object>();
        object.put("type", "object");
        object.put("properties", properties);
        if (!required.isEmpty()) {
            object.put("required", required);
        }
        if (type.getName().contains("Body")) {
            object.put("additionalProperties", false);
        }
        return object;
    }

    private static String name(Class<?> type) {
        var outer = type.getDeclaringClass();
        return outer == null
                ? type.getSimpleName()
                : outer.getSimpleName() + "." + type.getSimpleName();
    }
}
