package dev.kedge.embedded;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/** Another process that starts a server, commits one row and holds on until it is killed. */
record Neighbour(Process process, BufferedReader out) implements AutoCloseable {

    static final String RUNS = "runs ";
    static final String REFUSED = "refused ";

    static Neighbour startOn(Path folder) throws IOException {
        var java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        var process =
                new ProcessBuilder(
                                List.of(
                                        java,
                                        "-XX:TieredStopAtLevel=1",
                                        "-cp",
                                        System.getProperty("java.class.path"),
                                        Neighbour.class.getName(),
                                        folder.toString()))
                        .redirectError(ProcessBuilder.Redirect.INHERIT)
                        .start();
        return new Neighbour(process, process.inputReader(StandardCharsets.UTF_8));
    }

    /** What it has to say first: {@link #RUNS} and its server's process, or why it is refused. */
    String says() throws IOException {
        return String.valueOf(out.readLine());
    }

    void kill() {
        process.destroyForcibly().onExit().join();
    }

    @Override
    public void close() {
        kill();
    }

    static void main(String[] arguments) throws Exception {
        try {
            var server = EmbeddedPostgres.start(EmbeddedConfig.in(Path.of(arguments[0])));
            Sql.run(server, "create table left_behind as select 'all of it' as what");
            IO.println(RUNS + server.postmasterPid());
            IO.readln();
            server.close();
        } catch (EmbeddedException e) {
            IO.println(REFUSED + e.getMessage());
        }
    }
}
