package dev.kedge.store;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A statement from a file, or several that make one round trip and one transaction.
 *
 * <p>The file is whole as text; nothing is ever glued into it. Parameters have names: {@code
 * :worker}. A name may stand in many places.
 */
final class Sql {

    private static final Pattern COMMENT = Pattern.compile("(?m)^\\s*--.*$\\n?");
    private static final Pattern PARAMETER = Pattern.compile("(?<![:\\w]):([a-z][a-z0-9_]*)");

    private final String name;
    private final String text;
    private final List<String> parameters;
    private final int statements;
    private final Map<Frame, String> framed = new ConcurrentHashMap<>();

    /**
     * What runs before a statement in its round trip, and whether it is a transaction of its own.
     */
    private record Frame(Sql opening, boolean whole) {}

    private Sql(String name, String text, List<String> parameters) {
        this.name = name;
        this.text = text;
        this.parameters = parameters;
        this.statements = text.split(";").length;
    }

    /** Reads {@code name.sql}, which lies beside this class. */
    static Sql load(String name) {
        try (var file = Sql.class.getResourceAsStream(name + ".sql")) {
            if (file == null) {
                throw new IllegalArgumentException("there is no " + name + ".sql");
            }
            return parse(name, new String(file.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException unreadable) {
            throw new IllegalStateException(name + ".sql cannot be read", unreadable);
        }
    }

    private static Sql parse(String name, String file) {
        var parameters = new ArrayList<String>();
        var text =
                PARAMETER
                        .matcher(COMMENT.matcher(file).replaceAll("").strip())
                        .replaceAll(match -> {
                            parameters.add(match.group(1));
                            return "?";
                        });
        return new Sql(name, text, List.copyOf(parameters));
    }

    /** The same parameters in another text; for those who try what a statement is worth. */
    Sql mutated(String other) {
        return new Sql(name, other, parameters);
    }

    /** With question marks, as JDBC wants it. */
    String text() {
        return text;
    }

    /**
     * The text with another before it, as a whole transaction. It says so itself: without BEGIN the
     * driver may end the transaction between two statements of one round trip (where it cannot tell
     * how much the second one answers), and what was said before would be forgotten.
     */
    String wholeAfter(Sql opening) {
        return framed.computeIfAbsent(
                new Frame(opening, true),
                _ -> "begin;\n" + opening.text + ";\n" + text + ";\ncommit");
    }

    /**
     * The text with others before and after it, in a transaction that goes on. A text of its own
     * keeps its plans apart from those made for other roles.
     */
    String between(Sql opening, Sql closing) {
        return framed.computeIfAbsent(
                new Frame(opening, false), _ -> opening.text + ";\n" + text + ";\n" + closing.text);
    }

    /** In the order of the question marks; a name may come more than once. */
    List<String> parameters() {
        return parameters;
    }

    /** Whether the round trip is of more than one statement. */
    boolean isSeveral() {
        return statements > 1;
    }

    /** Whether the statement at {@code position}, counted from 0, is the one that answers. */
    boolean isLast(int position) {
        return position == statements - 1;
    }

    /** Whether all statements have answered before {@code position}. */
    boolean isPast(int position) {
        return position >= statements;
    }

    Bound with(String parameter, @Nullable Object value) {
        return new Bound(this, new HashMap<>()).with(parameter, value);
    }

    /** For a statement without parameters. */
    Bound plain() {
        return new Bound(this, new HashMap<>());
    }

    @Override
    public String toString() {
        return name + ".sql";
    }

    /** A statement and the values it is to run with. Built up by one thread, used once. */
    static final class Bound {

        private final Sql sql;
        private final Map<String, @Nullable Object> values;

        private Bound(Sql sql, Map<String, @Nullable Object> values) {
            this.sql = sql;
            this.values = values;
        }

        /** Refuses a name that the file does not have. */
        Bound with(String parameter, @Nullable Object value) {
            if (!sql.parameters.contains(parameter)) {
                throw new IllegalArgumentException(sql + " has no parameter :" + parameter);
            }
            values.put(parameter, value);
            return this;
        }

        Sql sql() {
            return sql;
        }

        /** Refuses a name that was left unbound. */
        @Nullable Object value(String parameter) {
            if (!values.containsKey(parameter)) {
                throw new IllegalArgumentException(sql + ": nothing bound to :" + parameter);
            }
            return values.get(parameter);
        }
    }
}
