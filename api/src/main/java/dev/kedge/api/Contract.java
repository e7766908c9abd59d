package dev.kedge.api;

import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.RecordComponent;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.cfg.MapperConfig;
import tools.jackson.databind.introspect.Annotated;
import tools.jackson.databind.introspect.AnnotatedClass;
import tools.jackson.databind.introspect.AnnotatedMember;
import tools.jackson.databind.introspect.AnnotatedParameter;
import tools.jackson.databind.introspect.JacksonAnnotationIntrospector;

/**
 * Reads the contract off the records themselves: what is not {@code @Nullable} must be there, and
 * an enum's words are its names in lower case, those of several words like {@code cancelRunning}.
 */
final class Contract extends JacksonAnnotationIntrospector {

    /** Whether a message must have the component. */
    static boolean isRequired(RecordComponent component) {
        AnnotatedElement type = component.getAnnotatedType();
        return !type.isAnnotationPresent(Nullable.class);
    }

    @Override
    public @Nullable Boolean hasRequiredMarker(MapperConfig<?> config, AnnotatedMember member) {
        return isRequired(member) ? Boolean.TRUE : null;
    }

    /**
     * A list or map never has null in it, and what is required is not null, unless it is a value of
     * the user's own: there, null is one like any other.
     */
    @Override
    public JsonSetter.Value findSetterInfo(MapperConfig<?> config, Annotated member) {
        if (member.getRawType() == RawJson.class) {
            return JsonSetter.Value.construct(Nulls.DEFAULT, Nulls.FAIL);
        }
        return JsonSetter.Value.construct(
                isRequired(member) ? Nulls.FAIL : Nulls.DEFAULT, Nulls.FAIL);
    }

    @Override
    public String[] findEnumValues(
            MapperConfig<?> config, AnnotatedClass type, Enum<?>[] values, String[] names) {
        for (var i = 0; i < values.length; i++) {
            names[i] = word(values[i]);
        }
        return names;
    }

    private static String word(Enum<?> value) {
        return Pattern.compile("_([a-z])")
                .matcher(value.name().toLowerCase(Locale.ROOT))
                .replaceAll(match -> match.group(1).toUpperCase(Locale.ROOT));
    }

    private static boolean isRequired(Annotated member) {
        if (member instanceof AnnotatedParameter parameter) {
            var components = parameter.getDeclaringClass().getRecordComponents();
            return components != null && isRequired(components[parameter.getIndex()]);
        }
        return false;
    }
}
