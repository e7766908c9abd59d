package dev.kedge.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kedge.model.Permission.Act;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PrincipalTest {

    private static final Namespace SHOP = new Namespace("shop");
    private static final Namespace OTHER = new Namespace("other");
    private static final PrincipalId ADA = new PrincipalId("user:ada");
    private static final Permission READ = Permission.to(Act.JOBS_READ);
    private static final Permission WRITE = Permission.to(Act.JOBS_WRITE);

    @Test
    void without_a_membership_nothing_may_be_done() {
        var stranger = new Principal(ADA, null, null, List.of());

        assertThat(stranger.roleIn(SHOP)).isEmpty();
        assertThat(stranger.may(READ, SHOP)).isFalse();
        assertThat(stranger.claims(SHOP)).isEqualTo(Claims.none(new Identity(ADA, "anon", null)));
    }

    @Test
    void a_membership_reaches_its_own_namespace_only() {
        var admin = member(SHOP, Role.ADMIN);

        assertThat(admin.may(WRITE, SHOP)).isTrue();
        assertThat(admin.may(WRITE, OTHER)).isFalse();
        assertThat(admin.mayEverywhere(WRITE)).isFalse();
        assertThat(admin.actsForOthers()).isFalse();
    }

    @Test
    void a_service_reaches_namespaces_that_nobody_has_named() {
        var service = Principal.service(new PrincipalId("service:mail"));

        assertThat(service.may(WRITE, OTHER)).isTrue();
        assertThat(service.mayEverywhere(Permission.to(Act.AUDIT_READ))).isTrue();
        assertThat(service.actsForOthers()).isTrue();
        assertThat(service.claims(SHOP).everywhere()).isTrue();
    }

    @Test
    void claims_say_in_which_namespaces_what_may_be_done() {
        var reader = new Role("reader", Set.of(READ), Role.Sight.ALL);
        var ada =
                new Principal(
                        ADA,
                        "ada@example.com",
                        null,
                        List.of(
                                new Membership(SHOP, Role.AUTHENTICATED),
                                new Membership(OTHER, reader)));

        var identity = new Identity(ADA, "reader", "ada@example.com");
        assertThat(ada.claims(OTHER))
                .isEqualTo(Claims.none(identity).seeingOwn(SHOP).submitting(SHOP).seeingAll(OTHER));
        var writer = new Role("writer", Set.of(WRITE), Role.Sight.ALL);
        assertThat(member(SHOP, writer).claims(SHOP))
                .isEqualTo(
                        Claims.none(new Identity(ADA, "writer", null))
                                .seeingOwn(SHOP)
                                .submitting(SHOP));
        assertThat(member(SHOP, Role.ADMIN).claims(SHOP))
                .isEqualTo(
                        Claims.none(new Identity(ADA, "admin", null))
                                .seeingAll(SHOP)
                                .submitting(SHOP)
                                .administering(SHOP));
    }

    @Test
    void nobody_is_two_things_in_one_namespace_or_a_member_without_bound() {
        var twice = List.of(new Membership(SHOP, Role.ADMIN), new Membership(SHOP, Role.ANON));
        assertThatThrownBy(() -> new Principal(ADA, null, null, twice))
                .isInstanceOf(KedgeException.Invalid.class);

        assertThat(new Principal(ADA, null, null, memberships(100)).memberships()).hasSize(100);
        assertThatThrownBy(() -> new Principal(ADA, null, null, memberships(101)))
                .isInstanceOf(KedgeException.Invalid.class);
    }

    private static List<Membership> memberships(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> new Membership(new Namespace("ns" + i), Role.ANON))
                .toList();
    }

    private static Principal member(Namespace namespace, Role role) {
        return new Principal(ADA, null, null, List.of(new Membership(namespace, role)));
    }
}
