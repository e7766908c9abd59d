package dev.kedge.server;

import dev.kedge.api.Json;
import dev.kedge.api.Problem;
import java.nio.ByteBuffer;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.handler.ErrorHandler;
import org.eclipse.jetty.util.Callback;

/** Answers what never becomes a request, because it breaks the rules of HTTP or its limits. */
final class BadHttp extends ErrorHandler {

    @Override
    public boolean handle(Request request, Response response, Callback callback) {
        var status = response.getStatus() < 400 ? 500 : response.getStatus();
        var code = ErrorCode.ofStatus(status);
        var problem = Problems.of(code, code.title());
        response.setStatus(problem.status());
        response.getHeaders().put(HttpHeader.CONTENT_TYPE, Problem.MEDIA_TYPE);
        SecurityHeaders.put(response.getHeaders(), request.isSecure());
        response.write(true, ByteBuffer.wrap(Json.write(problem)), callback);
        return true;
    }
}
