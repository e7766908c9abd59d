package dev.kedge.server;

import io.javalin.http.Context;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * From where a request comes. A proxy that was named is believed about whom it speaks for, and
 * nobody else is: the header in which it says so can be sent by everybody.
 */
final class Addresses {

    private static final String FORWARDED_FOR = "X-Forwarded-For";
    private static final int NETWORK_BYTES = 8;

    private final Set<InetAddress> proxies;

    /** {@code proxies} are addresses, which {@link #parse} understands. */
    Addresses(Set<String> proxies) {
        this.proxies = proxies.stream().map(InetAddress::ofLiteral).collect(Collectors.toSet());
    }

    /**
     * What stands for whoever sends this: an address, or the network where it is IPv6, for there
     * one client has as many addresses as it likes.
     */
    String keyOf(Context ctx) {
        var remote = parse(ctx.req().getRemoteAddr());
        if (remote == null) {
            return "unknown";
        }
        var from = proxies.contains(remote) ? behind(ctx, remote) : remote;
        return from instanceof Inet6Address
                ? HexFormat.of().formatHex(Arrays.copyOf(from.getAddress(), NETWORK_BYTES))
                : from.getHostAddress();
    }

    /** The nearest one that is no proxy. What stands before it is only what that one says. */
    private InetAddress behind(Context ctx, InetAddress proxy) {
        var hops = new ArrayList<String>();
        for (var header : Collections.list(ctx.req().getHeaders(FORWARDED_FOR))) {
            hops.addAll(Arrays.asList(header.split(",", -1)));
        }
        var nearest = proxy;
        for (var hop : hops.reversed()) {
            var address = parse(hop.strip());
            if (address == null) {
                return nearest;
            }
            nearest = address;
            if (!proxies.contains(address)) {
                return nearest;
            }
        }
        return nearest;
    }

    /** An address as it is written; null for names, which are never looked up, and the like. */
    static @Nullable InetAddress parse(@Nullable String text) {
        try {
            return text == null ? null : InetAddress.ofLiteral(text);
        } catch (IllegalArgumentException notOne) {
            return null;
        }
    }
}
