package dev.kedge.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kedge.engine.EngineConfig;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SettingsTest {

    private final ServerOptions options = new ServerOptions();

    @Test
    void without_a_word_from_anybody_it_is_a_local_server_on_a_folder_here() {
        var settings = Settings.of(options, Map.of());

        var data = Path.of(".kedge").toAbsolutePath();
        assertThat(settings)
                .isEqualTo(
                        new Settings(
                                "127.0.0.1",
                                8080,
                                data,
                                Optional.empty(),
                                new Database.Embedded(data.resolve("postgres")),
                                EngineConfig.DEFAULT,
                                false));
    }

    @Test
    void every_variable_counts(@TempDir Path folder) {
        var settings =
                Settings.of(
                        options,
                        Map.of(
                                "KEDGE_HOST", "0.0.0.0",
                                "KEDGE_PORT", "0",
                                "KEDGE_DATA", folder.toString(),
                                "KEDGE_JOBS", folder.toString(),
                                "KEDGE_DATABASE_URL", "postgres://db/kedge",
                                "KEDGE_DATABASE_USER", "ada",
                                "KEDGE_DATABASE_PASSWORD", "secret",
                                "KEDGE_SLOTS", "3",
                                "KEDGE_LEASE", "short"));

        assertThat(settings)
                .isEqualTo(
                        new Settings(
                                "0.0.0.0",
                                0,
                                folder,
                                Optional.of(folder),
                                new Database.External(
                                        "jdbc:postgresql://db/kedge", "ada", "secret"),
                                EngineConfig.DEFAULT.withSlots(3).withShortLease(),
                                false));
        assertThat(settings.engine().lease()).isEqualTo(Duration.ofSeconds(2));
    }

    @Test
    void an_option_wins_over_a_variable() {
        options.port = 9;
        options.slots = 2;

        var settings = Settings.of(options, Map.of("KEDGE_PORT", "8", "KEDGE_SLOTS", "1"));

        assertThat(settings.port()).isEqualTo(9);
        assertThat(settings.engine().slots()).isEqualTo(2);
    }

    @Test
    void a_variable_that_is_none_of_ours_is_refused_with_the_nearest_that_is() {
        assertThatThrownBy(() -> Settings.of(options, Map.of("KEDGE_DATABSE_URL", "x")))
                .hasMessage(
                        "KEDGE_DATABSE_URL: there is no such setting; the nearest is"
                                + " KEDGE_DATABASE_URL");
    }

    @Test
    void other_peoples_variables_are_left_alone() {
        assertThat(Settings.of(options, Map.of("PATH", "/bin", "KEDGER", "x")).port())
                .isEqualTo(8080);
    }

    @Test
    void what_makes_no_sense_is_refused_by_its_name() {
        assertThatThrownBy(() -> Settings.of(options, Map.of("KEDGE_PORT", "http")))
                .hasMessage("port: KEDGE_PORT must be a number, got 'http'");
        assertThatThrownBy(() -> Settings.of(options, Map.of("KEDGE_PORT", "65536")))
                .hasMessage("port: must be between 0 and 65535, got 65536");
        assertThatThrownBy(() -> Settings.of(options, Map.of("KEDGE_LEASE", "long")))
                .hasMessage("lease: must be short or default, got 'long'");
        assertThatThrownBy(() -> Settings.of(options, Map.of("KEDGE_JOBS", "/no/such")))
                .hasMessage("jobs: there is no folder /no/such");
    }

    @Test
    void only_loopback_addresses_are_loopback() {
        options.host = "::1";
        assertThat(Settings.of(options, Map.of()).isLoopback()).isTrue();
        options.host = "0.0.0.0";
        assertThat(Settings.of(options, Map.of()).isLoopback()).isFalse();
    }
}
