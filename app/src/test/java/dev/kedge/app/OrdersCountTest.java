package dev.kedge.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OrdersCountTest {

    private static final Path EXAMPLE = Path.of("../examples/orders");
    private static final long SCRIPT_SECONDS_MAX = 60;

    @Test
    void lines_are_counted_sorted_out_and_summed_up() {
        var count =
                OrdersCount.of(
                        """
                        order_id,ordered_at,customer,country,sku,quantity,unit_price_cents,currency
                        A,2026-01-01T00:00:00Z,"Smith ""S"", Jo",DE,X,2,1000,EUR
                        B,2026-01-01T00:00:00Z,Ada,US,Y,3,999,USD
                        A,2026-01-01T00:00:00Z,Ada,DE,X,2,1000,EUR
                        C,2026-13-01-01T00:00:00Z,Ada,DE,X,2,1000,EUR
                        D,2026-01-01T00:00:00Z,Ada,DE,X,0,1000,EUR
                        E,2026-01-01T00:00:00Z,Ada,DE,X,2,-1000,EUR
                        F,2026-01-01T00:00:00Z,Ada,DE,X,2,1000,???
                        """);

        assertThat(count)
                .isEqualTo(
                        new OrdersCount(
                                7,
                                2,
                                Map.of(
                                        "duplicate", 1,
                                        "bad date", 1,
                                        "bad quantity", 1,
                                        "bad price", 1,
                                        "unknown currency", 1),
                                2_000 + 2_577,
                                Map.of(
                                        "DE", new OrdersCount.Country(1, 2_000),
                                        "US", new OrdersCount.Country(1, 2_577)),
                                new OrdersCount.BestSeller("Y", 3)));
    }

    @Test
    void the_file_that_ships_is_what_its_script_writes(@TempDir Path folder) throws Exception {
        var written = folder.resolve("orders.csv");
        var node =
                new ProcessBuilder(
                                "node",
                                EXAMPLE.resolve("make-orders.mjs").toString(),
                                written.toString())
                        .inheritIO()
                        .start();

        assertThat(node.waitFor(SCRIPT_SECONDS_MAX, TimeUnit.SECONDS)).isTrue();
        assertThat(written).hasSameBinaryContentAs(EXAMPLE.resolve("orders.csv"));
        assertThat(Files.size(written)).isLessThan(900_000);
    }
}
