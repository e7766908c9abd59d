import dev.kedge.engine.Engine;
import dev.kedge.model.JobName;
import dev.kedge.model.NewRun;
import dev.kedge.model.Payload;
import java.time.Duration;

/** Kedge inside a Java program: a database, a job with a handler, a run of it, its result. */
public final class Greeter {

    record Person(String name) {}

    /** Arguments: the JDBC address of a PostgreSQL database, user, password. */
    public static void main(String[] args) throws Exception {
        try (var engine =
                Engine.connect(args[0], args[1], args[2])
                        .job("greet", Person.class, (person, run) -> "Hello, " + person.name() + "!")
                        .start()) {
            var greet = NewRun.of(new JobName("greet"), Payload.ofJson("{\"name\": \"Ada\"}"));
            var submitted = engine.runs().enqueue(greet).run();
            var ended = engine.runs().await(submitted, run -> run.state().isFinal(), Duration.ofSeconds(30));
            System.out.println(ended.state() + " " + ended.result());
        }
    }
}
