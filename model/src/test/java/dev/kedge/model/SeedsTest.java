package dev.kedge.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashSet;
import org.junit.jupiter.api.Test;

class SeedsTest {

    @Test
    void each_try_sees_other_numbers() {
        var seen = new HashSet<Long>();

        Seeds.each(100, random -> seen.add(random.nextLong()));

        assertThat(seen).hasSize(100);
    }

    @Test
    void a_broken_property_names_its_seed_and_its_reason() {
        assertThatThrownBy(() ->
                        Seeds.each(100, random -> assertThat(random.nextInt(10)).isNotEqualTo(3)))
                .hasMessageContaining("-Dkedge.seed=")
                .cause()
                .hasMessageContaining("3");
    }
}
