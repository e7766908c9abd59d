package dev.kedge.server;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.kedge.api.RerunBody;
import dev.kedge.model.Principal;
import dev.kedge.model.PrincipalId;
import io.javalin.Javalin;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A server with routes that do next to nothing, and no engine. Whoever sends {@code key-NAME} is
 * the principal of that name.
 */
final class LittleServer implements AutoCloseable {

    private static final int SILENCE_MS_MAX = 30_000;

    private final Javalin javalin;

    LittleServer(EdgeConfig edge) {
        this(ServerConfig.DEFAULT.withEdge(edge));
    }

    LittleServer(ServerConfig config) {
        var routes =
                List.of(
                        Route.get("/open", "Needs no key", RerunBody.class, LittleServer::answer)
                                .withoutKey(),
                        Route.get("/closed", "Needs a key", RerunBody.class, LittleServer::answer)
                                .forAllWhoAreKnown(),
                        Route.post(
                                        "/act",
                                        "Changes something",
                                        RerunBody.class,
                                        1 << 20,
                                        RerunBody.class,
                                        call -> call.answer(call.body(RerunBody.class)))
                                .forAllWhoAreKnown());
        var rates = new RequestRates(config.edge());
        var edge =
                new Edge(
                        routes,
                        new Origins(config.edge().origins()),
                        rates,
                        new Gate(
                                LittleServer::whoHas,
                                (_, _) -> Optional.empty(),
                                rates,
                                true,
                                Set.of("/open")),
                        new Bodies(config.bodiesBytesMax()));
        javalin =
                Server.listen(
                        config.withPort(0),
                        mounted -> {
                            edge.mount(mounted);
                            mounted.ws("/socket", _ -> {});
                        },
                        (_, _, _, _) -> {});
    }

    private static void answer(Call call) {
        call.answer(new RerunBody(null));
    }

    private static Optional<Principal> whoHas(String credential) {
        return credential.startsWith("key-")
                ? Optional.of(Principal.service(new PrincipalId("service:" + credential)))
                : Optional.empty();
    }

    int port() {
        return javalin.port();
    }

    /** Sends a request as it stands, and returns what came back until the server was done. */
    String send(String head) throws IOException {
        return send(head, "");
    }

    String send(String head, String body) throws IOException {
        try (var socket = connect()) {
            var request =
                    head.strip().replace("\n", "\r\n")
                            + "\r\nHost: localhost\r\nConnection: close\r\n\r\n"
                            + body;
            socket.getOutputStream().write(request.getBytes(ISO_8859_1));
            return answer(socket);
        }
    }

    /** The head of the answer, where the connection goes on in another way. */
    String head(String head) throws IOException {
        try (var socket = connect()) {
            var request = head.strip().replace("\n", "\r\n") + "\r\nHost: localhost\r\n\r\n";
            socket.getOutputStream().write(request.getBytes(ISO_8859_1));
            var answer = new StringBuilder();
            for (var next = 0; next >= 0 && answer.indexOf("\r\n\r\n") < 0; ) {
                next = socket.getInputStream().read();
                answer.append((char) next);
            }
            return answer.toString();
        }
    }

    Socket connect() throws IOException {
        var socket = new Socket(InetAddress.getLoopbackAddress(), port());
        socket.setSoTimeout(SILENCE_MS_MAX);
        return socket;
    }

    /** All that comes until the other side closes, or resets what was still being sent. */
    static String answer(Socket socket) throws IOException {
        var answer = new ByteArrayOutputStream();
        var piece = new byte[8192];
        try {
            var in = socket.getInputStream();
            for (var n = in.read(piece); n >= 0; n = in.read(piece)) {
                answer.write(piece, 0, n);
            }
        } catch (SocketException reset) {
            // What came before it counts.
        }
        return answer.toString(ISO_8859_1);
    }

    @Override
    public void close() {
        javalin.stop();
    }
}
