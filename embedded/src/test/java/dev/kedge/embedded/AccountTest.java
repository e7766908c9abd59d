package dev.kedge.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.security.auth.module.UnixSystem;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AccountTest {

    private static final int NOBODY = 65_534;

    @TempDir Path folder;

    @Test
    void the_server_never_runs_as_root() throws Exception {
        assertThat(Account.forServerOn(folder.resolve("pg")).uid()).isNotZero();
    }

    @Test
    void each_way_to_become_another_user_works_for_root() {
        assumeTrue(new UnixSystem().getUid() == 0, "others cannot change who they are");
        assertThat(Account.waysToBecome(NOBODY, NOBODY))
                .allMatch(prefix -> Account.becomes(prefix, NOBODY));
    }

    @Test
    void a_way_that_does_not_exist_or_leads_nowhere_is_no_way() {
        assertThat(Account.becomes(List.of("no-such-program"), NOBODY)).isFalse();
        assertThat(Account.becomes(List.of("env"), NOBODY)).isFalse();
    }
}
