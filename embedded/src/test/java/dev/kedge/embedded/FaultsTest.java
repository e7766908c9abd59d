package dev.kedge.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FaultsTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "FATAL:  could not write lock file \"postmaster.pid\": No space left on device | no"
                        + " space left",
                "FATAL:  could not resize shared memory segment \"/PostgreSQL.1\": No space left on"
                        + " device | not enough memory",
                "FATAL:  could not extend file \"base/1/2691\": wrote only 4096 of 8192 bytes | no"
                        + " space left",
                "FATAL:  could not map anonymous shared memory: Cannot allocate memory | not enough"
                        + " memory",
                "LOG:  could not bind IPv4 address \"127.0.0.1\": Address already in use | port is"
                        + " taken",
                "FATAL:  database files are incompatible with server | another version",
                "FATAL:  data directory \"/d/pg\" has wrong ownership | another user",
                "FATAL:  data directory \"/d/pg\" has invalid permissions | chmod 700",
                "FATAL:  lock file \"postmaster.pid\" already exists | another server still runs",
                "FATAL:  pre-existing shared memory block (key 1, ID 2) is still in use | another"
                        + " server still runs",
                "FATAL:  invalid value for parameter \"work_mem\": \"much\" | invalid value for"
                        + " parameter",
            })
    void what_postgresql_says_becomes_a_sentence(String said, String sentence) {
        assertThat(Faults.said("PostgreSQL", "LOG:  starting\n" + said + "\nHINT:  none\n"))
                .hasMessageStartingWith("PostgreSQL gave up: ")
                .hasMessageContaining(sentence)
                .hasMessageNotContaining("\n");
    }

    @Test
    void a_full_disk_and_a_closed_door_are_told_apart() {
        assertThat(Faults.of("unpack", new IOException("No space left on device")))
                .hasMessageContaining("free some");
        assertThat(Faults.of("unpack", new AccessDeniedException("/d")))
                .hasMessageContaining("/d is closed to this user");
    }

    @Test
    void only_what_killed_processes_leave_may_pass() {
        assertThat(Faults.mayPass("FATAL:  lock file \"postmaster.pid\" already exists")).isTrue();
        assertThat(Faults.mayPass("FATAL:  No space left on device")).isFalse();
    }
}
