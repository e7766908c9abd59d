package dev.kedge.app;

import static java.util.Map.entry;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kedge.engine.EngineConfig;
import dev.kedge.server.EdgeConfig;
import dev.kedge.server.ServerConfig;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SettingsTest {

    private final ServerOptions options = new ServerOptions();

    @Test
    void without_a_word_from_anybody_it_is_a_local_server_on_a_folder_here() {
        var settings = Settings.of(options, Map.of());

        var data = Path.of(".kedge").toAbsolutePath();
        assertThat(settings)
                .isEqualTo(
                        new Settings(
                                ServerConfig.DEFAULT,
                                data,
                                Optional.empty(),
                                new Database.Embedded(data.resolve("postgres")),
                                EngineConfig.DEFAULT,
                                false,
                                new SecretsKey.Made(data.resolve("secrets.key")),
                                Map.of(),
                                Settings.Trust.DEFAULT));
    }

    @Test
    void every_variable_counts(@TempDir Path folder) {
        var settings =
                Settings.of(
                        options,
                        Map.ofEntries(
                                entry("KEDGE_HOST", "0.0.0.0"),
                                entry("KEDGE_PORT", "0"),
                                entry("KEDGE_TLS_CERT", "server.crt"),
                                entry("KEDGE_TLS_KEY", "server.key"),
                                entry("KEDGE_CORS_ORIGINS", "https://a.example, https://b.example"),
                                entry("KEDGE_TRUSTED_PROXIES", "10.0.0.1,::1"),
                                entry("KEDGE_RATE_PER_ADDRESS", "7"),
                                entry("KEDGE_RATE_PER_PRINCIPAL", "8"),
                                entry("KEDGE_DATA", folder.toString()),
                                entry("KEDGE_JOBS", folder.toString()),
                                entry("KEDGE_DATABASE_URL", "postgres://db/kedge"),
                                entry("KEDGE_DATABASE_USER", "ada"),
                                entry("KEDGE_DATABASE_PASSWORD", "secret"),
                                entry("KEDGE_SLOTS", "3"),
                                entry("KEDGE_LEASE", "short"),
                                entry("KEDGE_SECRETS_KEY_FILE", "/keys"),
                                entry("KEDGE_FUNCTION_ENV", "KEDGE_REGION"),
                                entry("KEDGE_REGION", "eu")));

        assertThat(settings)
                .isEqualTo(
                        new Settings(
                                ServerConfig.DEFAULT
                                        .withHost("0.0.0.0")
                                        .withPort(0)
                                        .withEdge(
                                                EdgeConfig.DEFAULT
                                                        .withTls(
                                                                EdgeConfig.Tls.of(
                                                                        Path.of("server.crt"),
                                                                        Path.of("server.key")))
                                                        .withOrigins(
                                                                Set.of(
                                                                        "https://a.example",
                                                                        "https://b.example"))
                                                        .withProxies(Set.of("10.0.0.1", "::1"))
                                                        .withRates(7, 8, 100)),
                                folder,
                                Optional.of(folder),
                                new Database.External(
                                        "jdbc:postgresql://db/kedge", "ada", "secret"),
                                EngineConfig.DEFAULT.withSlots(3).withShortLease(),
                                false,
                                new SecretsKey.InFile(Path.of("/keys")),
                                Map.of("KEDGE_REGION", "eu"),
                                Settings.Trust.DEFAULT));
        assertThat(settings.engine().lease()).isEqualTo(Duration.ofSeconds(2));
    }

    @Test
    void functions_are_shown_what_was_named_for_them_and_nothing_of_the_servers_own() {
        var environment =
                Map.of(
                        "KEDGE_FUNCTION_ENV", "KEDGE_REGION, KEDGE_STAGE",
                        "KEDGE_REGION", "eu",
                        "KEDGE_STAGE", "test",
                        "KEDGE_API_KEY", "canary",
                        "AWS_SECRET_ACCESS_KEY", "canary");

        assertThat(Settings.of(options, environment).functionEnvironment())
                .isEqualTo(Map.of("KEDGE_REGION", "eu", "KEDGE_STAGE", "test"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "KEDGE_DATABASE_PASSWORD",
                "KEDGE_SECRETS_KEY",
                "KEDGE_API_KEY",
                "AWS_SECRET_ACCESS_KEY",
                "KEDGE_NOT_THERE",
                "kedge_region"
            })
    void nothing_else_can_be_named_for_functions(String name) {
        var environment =
                Map.of(
                        "KEDGE_FUNCTION_ENV", name,
                        "KEDGE_DATABASE_PASSWORD", "canary",
                        "KEDGE_API_KEY", "canary",
                        "AWS_SECRET_ACCESS_KEY", "canary",
                        "kedge_region", "canary");

        assertThatThrownBy(() -> Settings.of(options, environment))
                .hasMessageStartingWith("KEDGE_FUNCTION_ENV: ")
                .hasMessageContaining(name)
                .hasMessageNotContaining("canary");
    }

    @Test
    void the_key_of_secrets_is_made_beside_the_embedded_database_only() {
        var beside = Map.of("KEDGE_DATABASE_URL", "postgres://db/kedge");

        assertThat(Settings.of(options, Map.of()).secretsKey()).isInstanceOf(SecretsKey.Made.class);
        assertThat(Settings.of(options, beside).secretsKey()).isEqualTo(new SecretsKey.None());
        var given = Settings.of(options, Map.of("KEDGE_SECRETS_KEY", "canary"));
        assertThat(given.secretsKey()).isEqualTo(new SecretsKey.Given("canary"));
        assertThat(given.toString()).doesNotContain("canary");
        assertThatThrownBy(() ->
                        Settings.of(
                                options,
                                Map.of("KEDGE_SECRETS_KEY", "x", "KEDGE_SECRETS_KEY_FILE", "y")))
                .hasMessageContaining("only one can count");
    }

    @Test
    void an_option_wins_over_a_variable() {
        options.port = 9;
        options.slots = 2;

        var settings = Settings.of(options, Map.of("KEDGE_PORT", "8", "KEDGE_SLOTS", "1"));

        assertThat(settings.http().port()).isEqualTo(9);
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
        assertThat(Settings.of(options, Map.of("PATH", "/bin", "KEDGER", "x")).http().port())
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
        assertThat(ServerConfig.DEFAULT.withHost("::1").isLoopback()).isTrue();
        assertThat(ServerConfig.DEFAULT.withHost("127.3.2.1").isLoopback()).isTrue();
        assertThat(ServerConfig.DEFAULT.withHost("0.0.0.0").isLoopback()).isFalse();
        assertThat(ServerConfig.DEFAULT.withHost("::").isLoopback()).isFalse();
    }

    @Test
    void to_be_reached_by_others_without_tls_it_wants_to_be_told_so() {
        options.host = "0.0.0.0";

        assertThatThrownBy(() -> Settings.of(options, Map.of()))
                .hasMessageContaining("host: 0.0.0.0 can be reached from other machines")
                .hasMessageContaining("--tls-cert and --tls-key")
                .hasMessageContaining("--insecure-http (KEDGE_INSECURE_HTTP=true)");
        assertThatThrownBy(() -> Settings.of(options, Map.of("KEDGE_INSECURE_HTTP", "false")))
                .hasMessageContaining("0.0.0.0");
        assertThatThrownBy(() -> Settings.of(options, Map.of("KEDGE_INSECURE_HTTP", "yes")))
                .hasMessage("KEDGE_INSECURE_HTTP: must be true or false, got 'yes'");
        assertThat(Settings.of(options, Map.of("KEDGE_INSECURE_HTTP", "true")).http().host())
                .isEqualTo("0.0.0.0");
        options.insecureHttp = true;
        assertThat(Settings.of(options, Map.of()).http().host()).isEqualTo("0.0.0.0");
    }

    @Test
    void half_a_certificate_is_none() {
        options.tlsCert = "server.crt";

        assertThatThrownBy(() -> Settings.of(options, Map.of()))
                .hasMessage("tls: both are wanted: --tls-cert and --tls-key");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "*",
                "null",
                "app.example",
                "https://*.example",
                "https://app.example/",
                "https://App.example",
                "https://ada:secret@app.example",
                "ftp://app.example"
            })
    void an_origin_is_named_exactly(String origin) {
        assertThatThrownBy(() -> Settings.of(options, Map.of("KEDGE_CORS_ORIGINS", origin)))
                .hasMessageContaining("is no origin");
    }

    @ParameterizedTest
    @ValueSource(strings = {"proxy.example", "10.0.0.0/8", "10.0.0.256"})
    void a_proxy_is_an_address(String proxy) {
        assertThatThrownBy(() -> Settings.of(options, Map.of("KEDGE_TRUSTED_PROXIES", proxy)))
                .hasMessageContaining("is no address");
    }
}
