import dev.kedge.engine.Handler;
import dev.kedge.model.Payload;
import dev.kedge.model.Topic;
import dev.kedge.testkit.Rehearsal;
import java.time.Duration;

/** The same job without a database and without waiting, as a test would have it. */
public final class CheckoutRehearsal {

    public static void main(String[] args) {
        var order = "{\"id\": \"7\", \"items\": [\"tea\", \"cup\"], \"card\": \"valid\"}";
        var rehearsal = Rehearsal.of(Handler.of(Checkout.Order.class, Checkout::handle), order);
        System.out.println(rehearsal.go()); // It waits for the event.
        rehearsal.journal().publish(new Topic("order.shipped"), Payload.ofJson("{\"order\": \"7\"}"));
        System.out.println(rehearsal.go()); // It sleeps.
        rehearsal.advance(Duration.ofSeconds(1));
        System.out.println(rehearsal.go()); // It waits for its child.
        rehearsal.journal().endChildren(child -> Payload.ofJson("\"invoice 7\""));
        System.out.println(rehearsal.go());

        var stolen = Rehearsal.of(Handler.of(Checkout.Order.class, Checkout::handle), order.replace("valid", "stolen"));
        System.out.println(stolen.go());
        stolen.journal().entries().forEach(entry -> System.out.println(entry.path()));
    }
}
