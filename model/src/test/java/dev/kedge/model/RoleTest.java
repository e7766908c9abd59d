package dev.kedge.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kedge.model.Permission.Act;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class RoleTest {

    private static final JobName MAIL = new JobName("send-mail");

    @ParameterizedTest
    @EnumSource(Act.class)
    void a_permission_is_read_as_it_is_written(Act act) {
        assertThat(Permission.parse(act.word())).isEqualTo(Permission.to(act));
        assertThat(Permission.to(act)).hasToString(act.word());
    }

    @Test
    void a_permission_of_jobs_may_be_for_one_of_them() {
        var narrow = Permission.parse("jobs:write/send-mail");

        assertThat(narrow).isEqualTo(Permission.to(Act.JOBS_WRITE).on(MAIL));
        assertThat(narrow).hasToString("jobs:write/send-mail");
        assertThat(Permission.to(Act.JOBS_WRITE).covers(narrow)).isTrue();
        assertThat(narrow.covers(narrow)).isTrue();
        assertThat(narrow.covers(Permission.to(Act.JOBS_WRITE))).isFalse();
        assertThat(narrow.covers(Permission.to(Act.JOBS_WRITE).on(new JobName("other")))).isFalse();
        assertThat(narrow.covers(Permission.to(Act.JOBS_READ).on(MAIL))).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "jobs", "jobs:", "JOBS:READ", "jobs:read/", "secrets:write/a", "*"})
    void what_is_no_permission_is_refused(String text) {
        assertThatThrownBy(() -> Permission.parse(text)).isInstanceOf(KedgeException.Invalid.class);
    }

    @Test
    void each_built_in_role_has_all_of_the_one_before_it() {
        for (var i = 1; i < Role.BUILT_IN.size(); i++) {
            assertThat(Role.BUILT_IN.get(i).contains(Role.BUILT_IN.get(i - 1))).isTrue();
        }
        assertThat(Role.AUTHENTICATED.contains(Role.ADMIN)).isFalse();
    }

    @Test
    void only_those_who_see_everything_can_give_that_away() {
        var all = new Role("seer", Set.of(Permission.to(Act.JOBS_READ)), Role.Sight.ALL);

        assertThat(Role.AUTHENTICATED.contains(all)).isFalse();
        assertThat(Role.ADMIN.contains(all)).isTrue();
    }

    @Test
    void a_narrowed_role_has_what_both_allow() {
        var mail = Permission.parse("jobs:write/send-mail");
        var scopes = Set.of(mail, Permission.to(Act.JOBS_READ));

        assertThat(Role.ADMIN.narrowedTo(scopes).permissions()).isEqualTo(scopes);
        var mailer = new Role("mailer", Set.of(mail), Role.Sight.OWN);
        assertThat(mailer.narrowedTo(Set.of(Permission.to(Act.JOBS_WRITE))).permissions())
                .containsExactly(mail);
        assertThat(Role.AUTHENTICATED.narrowedTo(Set.of(Permission.to(Act.KEYS_WRITE))))
                .extracting(Role::permissions)
                .isEqualTo(Set.of());
    }

    @ParameterizedTest
    @CsvSource({
        "service_role, admin, true",
        "service_role, editor, true",
        "admin, editor, true",
        "admin, authenticated, true",
        "admin, service_role, false",
        "editor, editor, true",
        "editor, writer, false",
        "editor, admin, false",
        "editor, authenticated, true",
        "authenticated, editor, false",
        "authenticated, anon, true",
        "anon, authenticated, false",
    })
    void built_in_roles_rank_and_others_must_match(String held, String required, boolean enough) {
        assertThat(Role.meetsOneOf(held, List.of(required))).isEqualTo(enough);
        assertThat(Role.meetsOneOf(held, List.of(required, held))).isTrue();
    }

    @Test
    void a_job_that_demands_no_role_takes_every_one() {
        assertThat(Role.meetsOneOf("anon", List.of())).isTrue();
    }
}
