import dev.kedge.engine.Engine;
import dev.kedge.engine.EventWait;
import dev.kedge.engine.NonRetryableException;
import dev.kedge.engine.RunContext;
import dev.kedge.engine.Step;
import dev.kedge.engine.StepFailedException;
import dev.kedge.model.Backoff;
import dev.kedge.model.Payload;
import dev.kedge.model.RetryPolicy;
import dev.kedge.model.RunState;
import dev.kedge.model.Topic;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** A job that outlives its process: steps side by side, a wait for an event, a child, an undo. */
public final class Checkout {

    record Order(String id, List<String> items, String card) {}

    private static final RetryPolicy THREE_TRIES =
            new RetryPolicy(3, new Backoff.Fixed(Duration.ofMillis(100)), 0);

    static String handle(Order order, RunContext run) {
        var shelves = run.all(order.items().stream().map(item -> reserving(item, run)).toList());
        try {
            run.step(Step.named("charge").retrying(THREE_TRIES), key -> Shop.charge(order.card(), key));
        } catch (StepFailedException refused) {
            for (var item : order.items()) {
                run.step(Step.named("release").keyed(item), key -> Shop.release(item, key));
            }
            return "cancelled: " + refused.failure().message();
        }
        run.state().set("stage", "paid");
        run.emit("order.paid", Map.of("order", order.id()));
        var shipped = EventWait.on("order.shipped").matching(Map.of("order", order.id()));
        if (run.waitFor(shipped.within(Duration.ofDays(3))).isEmpty()) {
            throw new NonRetryableException("nobody has shipped order " + order.id());
        }
        run.sleep("grace", Duration.ofSeconds(1));
        return run.invoke("invoice", order.id(), String.class) + " for " + shelves;
    }

    private static Supplier<String> reserving(String item, RunContext run) {
        return () ->
                run.step(
                        Step.named("reserve").keyed(item),
                        String.class,
                        key -> Shop.reserve(item, key));
    }

    /** The world outside, which knows a request that it had before by its key. */
    static final class Shop {

        static String reserve(String item, String key) {
            return "shelf of " + item;
        }

        static void release(String item, String key) {}

        static void charge(String card, String key) {
            if (card.equals("stolen")) {
                throw new NonRetryableException("the card is stolen");
            }
        }
    }

    /** Arguments: the JDBC address of a PostgreSQL database, user, password. */
    public static void main(String[] args) throws Exception {
        try (var engine =
                Engine.connect(args[0], args[1], args[2])
                        .job("checkout", Order.class, Checkout::handle)
                        .job("invoice", String.class, (order, run) -> "invoice " + order)
                        .start()) {
            var order = new Order("7", List.of("tea", "cup"), "valid");
            var run = engine.runs().enqueue(engine.newRun("checkout", order)).run();
            engine.runs().await(run, now -> now.state() == RunState.SLEEPING, Duration.ofSeconds(30));
            engine.events().publish(new Topic("order.shipped"), Payload.ofJson("{\"order\": \"7\"}"));
            var ended = engine.runs().await(run, Duration.ofSeconds(30));
            System.out.println(ended.state() + " " + ended.result());
            engine.runs()
                    .journal(run, null, 50)
                    .entries()
                    .forEach(entry -> System.out.println(entry.kind().word() + " " + entry.path()));
        }
    }
}
