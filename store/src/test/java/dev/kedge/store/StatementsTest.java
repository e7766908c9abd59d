package dev.kedge.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class StatementsTest {

    private static final Path FILES = Path.of("src/main/resources/dev/kedge/store");
    private static final TestDb DB = TestDb.fresh();

    static List<String> names() throws IOException {
        try (Stream<Path> files = Files.list(FILES)) {
            return files.map(file -> file.getFileName().toString().replace(".sql", ""))
                    .sorted()
                    .toList();
        }
    }

    @ParameterizedTest
    @MethodSource("names")
    void every_statement_is_understood_by_the_server(String name) throws SQLException {
        var sql = Sql.load(name);
        try (var connection = DB.asOwner()) {
            for (var statement : sql.text().split(";", -1)) {
                try (var prepared = connection.prepareStatement(statement)) {
                    prepared.getMetaData();
                    assertThat(prepared.getParameterMetaData().getParameterCount())
                            .isEqualTo((int) statement.chars().filter(c -> c == '?').count());
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("names")
    void every_statement_says_what_it_is_for_first(String name) throws IOException {
        assertThat(Files.readString(FILES.resolve(name + ".sql"))).startsWith("-- ");
    }

    @Test
    void every_statement_is_loaded_by_some_class() throws IOException {
        var sources = new StringBuilder();
        try (var files = Files.walk(Path.of("src/main/java"))) {
            for (var file : files.filter(Files::isRegularFile).toList()) {
                sources.append(Files.readString(file));
            }
        }
        assertThat(names().stream().filter(name -> sources.indexOf("\"" + name + "\"") < 0))
                .isEmpty();
    }
}
