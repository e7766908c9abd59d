package dev.kedge.store;

import dev.kedge.model.Bytes;
import dev.kedge.model.Payload;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The current row of a result, read by column name. */
final class Row {

    private final ResultSet result;

    Row(ResultSet result) {
        this.result = result;
    }

    String text(String column) throws SQLException {
        return present(column, result.getString(column));
    }

    @Nullable String textOrNull(String column) throws SQLException {
        return result.getString(column);
    }

    int number(String column) throws SQLException {
        return result.getInt(column);
    }

    @Nullable Integer numberOrNull(String column) throws SQLException {
        var value = result.getInt(column);
        return result.wasNull() ? null : (Integer) value;
    }

    long large(String column) throws SQLException {
        return result.getLong(column);
    }

    @Nullable Long largeOrNull(String column) throws SQLException {
        var value = result.getLong(column);
        return result.wasNull() ? null : (Long) value;
    }

    double real(String column) throws SQLException {
        return result.getDouble(column);
    }

    @Nullable Double realOrNull(String column) throws SQLException {
        var value = result.getDouble(column);
        return result.wasNull() ? null : (Double) value;
    }

    boolean flag(String column) throws SQLException {
        return result.getBoolean(column);
    }

    @Nullable Boolean flagOrNull(String column) throws SQLException {
        var value = result.getBoolean(column);
        return result.wasNull() ? null : (Boolean) value;
    }

    UUID uuid(String column) throws SQLException {
        return present(column, result.getObject(column, UUID.class));
    }

    @Nullable UUID uuidOrNull(String column) throws SQLException {
        return result.getObject(column, UUID.class);
    }

    Instant time(String column) throws SQLException {
        return present(column, timeOrNull(column));
    }

    @Nullable Instant timeOrNull(String column) throws SQLException {
        var value = result.getObject(column, OffsetDateTime.class);
        return value == null ? null : value.toInstant();
    }

    @Nullable Duration millisOrNull(String column) throws SQLException {
        var value = largeOrNull(column);
        return value == null ? null : Duration.ofMillis(value);
    }

    Bytes bytes(String column) throws SQLException {
        return Bytes.of(present(column, result.getBytes(column)));
    }

    Payload payload(String column) throws SQLException {
        return Payload.ofJson(present(column, result.getBytes(column)));
    }

    @Nullable Payload payloadOrNull(String column) throws SQLException {
        var bytes = result.getBytes(column);
        return bytes == null ? null : Payload.ofJson(bytes);
    }

    List<String> texts(String column) throws SQLException {
        var array = result.getArray(column);
        return array == null ? List.of() : List.of((String[]) array.getArray());
    }

    List<UUID> uuids(String column) throws SQLException {
        return List.of((UUID[]) present(column, result.getArray(column)).getArray());
    }

    List<Duration> millis(String column) throws SQLException {
        var array = (Long[]) present(column, result.getArray(column)).getArray();
        return List.of(array).stream().map(Duration::ofMillis).toList();
    }

    private static <T> T present(String column, @Nullable T value) {
        return Objects.requireNonNull(value, column);
    }
}
