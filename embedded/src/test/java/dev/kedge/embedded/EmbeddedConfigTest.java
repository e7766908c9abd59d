package dev.kedge.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EmbeddedConfigTest {

    private static final Path FOLDER = Path.of("data");

    @Test
    void is_durable_at_any_port_unless_told_otherwise() {
        assertThat(EmbeddedConfig.in(FOLDER))
                .isEqualTo(new EmbeddedConfig(FOLDER, 0, Map.of(), Durability.DURABLE));
        assertThat(EmbeddedConfig.throwAway(FOLDER))
                .isEqualTo(new EmbeddedConfig(FOLDER, 0, Map.of(), Durability.THROW_AWAY));
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 65_536})
    void refuses_what_is_no_port(int port) {
        assertThatThrownBy(() -> EmbeddedConfig.in(FOLDER).withPort(port))
                .hasMessageStartingWith("port: ");
        assertThat(EmbeddedConfig.in(FOLDER).withPort(65_535).port()).isEqualTo(65_535);
    }

    @ParameterizedTest
    @ValueSource(strings = {"port", "LISTEN_ADDRESSES", "data_directory", "a b", "x=1 -c y", ""})
    void refuses_settings_that_are_ours_or_none(String name) {
        assertThatThrownBy(() -> EmbeddedConfig.in(FOLDER).withSettings(Map.of(name, "1")))
                .hasMessageStartingWith("settings: ");
    }
}
