package dev.kedge.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DatabaseTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "postgres://ada:s%3Acret+@db:5433/kedge?sslmode=require",
                "postgresql://ada:s%3Acret+@db:5433/kedge?sslmode=require",
                "jdbc:postgresql://db:5433/kedge?user=ada&sslmode=require&password=s%3Acret+"
            })
    void an_address_may_be_written_in_each_usual_way(String address) {
        assertThat(Database.at(address, null, null))
                .isEqualTo(
                        new Database.External(
                                "jdbc:postgresql://db:5433/kedge?sslmode=require",
                                "ada",
                                "s:cret+"));
    }

    @Test
    void user_and_password_may_come_apart_from_the_address() {
        assertThat(Database.at("postgres://db/kedge", "ada", "secret"))
                .isEqualTo(new Database.External("jdbc:postgresql://db/kedge", "ada", "secret"));
    }

    @Test
    void the_password_is_shown_nowhere() {
        assertThat(Database.at("postgres://ada:secret@db/kedge", null, null).toString())
                .isEqualTo("jdbc:postgresql://db/kedge as ada");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "db", "mysql://ada:secret@db/kedge", "postgres://ada:sec ret@db/x"})
    void an_address_of_something_else_is_refused_without_repeating_it(String address) {
        assertThatThrownBy(() -> Database.at(address, null, null))
                .hasMessage("database-url: is written like postgres://user:password@host:5432/name")
                .hasNoCause();
    }
}
