package dev.kedge.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kedge.cli.ExitCode;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class DemoTest {

    @BeforeEach
    void say_where_the_checkout_is() {
        System.setProperty(Places.HOME_PROPERTY, Servers.home().toString());
    }

    @AfterEach
    void forget_it() {
        System.clearProperty(Places.HOME_PROPERTY);
    }

    @Test
    void the_demo_kills_its_job_half_way_and_verifies_the_result() {
        var ended = new Console(Map.of()).run("demo", "--json");

        assertThat(ended.exitCode()).as(ended.err()).isEqualTo(ExitCode.DONE);
        assertThat(ended.err()).contains("killed", "verified");
        var report = ended.as(DemoCommand.Report.class);
        assertThat(report.verified()).isTrue();
        assertThat(report.attempts()).isEqualTo(2);
        assertThat(report.steps()).isEqualTo(50);
        assertThat(report.stepsOfFirstAttempt()).isBetween(1L, 49L);
        assertThat(report.killedPid()).isPositive();
        assertThat(ProcessHandle.of(report.killedPid())).isEmpty();
    }
}
