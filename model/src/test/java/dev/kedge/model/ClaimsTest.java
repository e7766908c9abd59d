package dev.kedge.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class ClaimsTest {

    private static final Namespace HERE = new Namespace("here");
    private static final Namespace ELSEWHERE = new Namespace("elsewhere");
    private static final Identity ANN = new Identity(new PrincipalId("user:ann"), "admin", null);

    @Test
    void a_caller_without_claims_reaches_nothing() {
        var nobody = Claims.none(ANN);

        assertThat(nobody.seesAllOf(HERE)).isFalse();
        assertThat(nobody.maySubmitTo(HERE)).isFalse();
        assertThat(nobody.mayAdminister(HERE)).isFalse();
    }

    @Test
    void a_claim_holds_where_it_was_given_and_nowhere_else() {
        var ann = Claims.none(ANN).seeingAll(HERE).submitting(HERE).administering(HERE);

        assertThat(ann.seesAllOf(HERE) && ann.maySubmitTo(HERE) && ann.mayAdminister(HERE))
                .isTrue();
        assertThat(ann.seesAllOf(ELSEWHERE)).isFalse();
        assertThat(ann.maySubmitTo(ELSEWHERE)).isFalse();
        assertThat(ann.mayAdminister(ELSEWHERE)).isFalse();
    }

    @Test
    void an_id_may_hold_whatever_an_issuer_says_but_control_characters() {
        assertThat(new PrincipalId("external:https://id.example:a|b \"c\" 'd'").value())
                .isNotEmpty();

        assertThatThrownBy(() -> new PrincipalId("")).hasMessageContaining("principal");
        assertThatThrownBy(() -> new PrincipalId("user:a\nb")).hasMessageContaining("principal");
        assertThatThrownBy(() -> new PrincipalId("u".repeat(PrincipalId.CHARS_MAX + 1)))
                .hasMessageContaining("principal");
    }
}
