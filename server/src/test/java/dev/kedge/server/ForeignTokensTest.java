package dev.kedge.server;

import static dev.kedge.server.RunningServer.problem;
import static dev.kedge.server.RunningServer.read;
import static dev.kedge.server.TestTokens.base64;
import static dev.kedge.server.TestTokens.claims;
import static dev.kedge.server.TestTokens.header;
import static dev.kedge.server.TestTokens.hs256;
import static dev.kedge.server.TestTokens.mac;
import static dev.kedge.server.TestTokens.sign;
import static dev.kedge.server.TestTokens.signed;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.kedge.api.KeyView;
import dev.kedge.api.WhoView;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ForeignTokensTest {

    private static TestTokens tokens;
    private static RunningServer server;

    @BeforeAll
    static void start(@TempDir Path folder) throws IOException {
        tokens = new TestTokens(folder);
        server = new RunningServer(ServerConfig.DEFAULT, tokens.issuers);
    }

    @AfterAll
    static void stop() {
        server.close();
        tokens.close();
    }

    @Test
    void a_token_of_each_algorithm_says_who_is_calling() throws Exception {
        var claimed =
                ",\"role\":\"admin\",\"email\":\"Ada@Example.com\",\"ns\":[\"shop\",\"more\"]";

        var hs = who(hs256(header("HS256"), claims("hs", claimed)));
        assertThat(hs.principal()).isEqualTo("external:hs:ada");
        assertThat(hs.email()).isEqualTo("ada@example.com");
        assertThat(roles(hs)).isEqualTo(Map.of("shop", "admin", "more", "admin"));

        var es =
                who(
                        tokens.es256(
                                "{\"alg\":\"ES256\",\"typ\":\"at+jwt\",\"kid\":\"one\"}",
                                claims("es", claimed)));
        assertThat(roles(es)).as("only those of the record").isEqualTo(Map.of("more", "admin"));

        var rs =
                who(tokens.rs256(header("RS256"), claims("rs", ",\"role\":[\"guest\",\"owner\"]")));
        assertThat(roles(rs)).isEqualTo(Map.of("rs", "admin"));

        var ed =
                who(
                        tokens.eddsa(
                                "{\"alg\":\"EdDSA\"}",
                                "{\"iss\":\"https://ed.example\",\"sub\":\"ada\",\"exp\":%d}"
                                        .formatted(seconds(60))));
        assertThat(ed.principal()).isEqualTo("external:ed:ada");
        assertThat(ed.memberships()).isEmpty();
    }

    @Test
    void to_be_a_service_the_operator_must_have_said_so() throws Exception {
        var claimed = ",\"role\":\"service_role\",\"ns\":\"shop\"";

        assertThat(roles(who(hs256(header("HS256"), claims("hs", claimed)))))
                .isEqualTo(Map.of("shop", "authenticated"));
        assertThat(roles(who(tokens.rs256(header("RS256"), claims("rs", claimed)))))
                .isEqualTo(Map.of("rs", "authenticated"));
        var robot = who(tokens.rs256(header("RS256"), claims("rs", ",\"role\":\"robot\"")));
        assertThat(robot.everywhere()).isNotNull();
    }

    @Test
    void a_member_here_may_be_somebody_of_another_issuer() throws Exception {
        read(
                server.put("/v1/namespaces/guests/members/external:hs:bob", "{\"role\":\"admin\"}"),
                200,
                Object.class);
        var token = hs256(header("HS256"), claims("hs", "").replace("\"ada\"", "\"bob\""));

        assertThat(roles(who(token))).isEqualTo(Map.of("guests", "admin"));
    }

    @Test
    void revoked_tokens_are_taken_no_more() throws Exception {
        var one =
                hs256(
                        header("HS256"),
                        claims("hs", ",\"jti\":\"one\"").replace("\"ada\"", "\"eve\""));
        var two =
                hs256(
                        header("HS256"),
                        claims("hs", ",\"jti\":\"two\"").replace("\"ada\"", "\"eve\""));
        assertThat(who(one).principal()).isEqualTo(who(two).principal());

        server.post("/v1/revocations", "{\"principal\":\"external:hs:eve\",\"token\":\"one\"}");
        problem(server.as(one, "GET", "/v1/whoami", null), 401, "unauthenticated");
        assertThat(who(two).principal()).isEqualTo("external:hs:eve");

        server.post("/v1/revocations", "{\"principal\":\"external:hs:eve\"}");
        problem(server.as(two, "GET", "/v1/whoami", null), 401, "unauthenticated");
    }

    @Test
    void what_is_no_valid_credential_is_answered_in_one_way_without_a_detail() throws Exception {
        var bad = bad();
        assertThat(bad).hasSizeGreaterThan(80);
        var shape = server.send(server.anonymous("/v1/whoami")).body();

        for (var each : bad.entrySet()) {
            var answer = server.as(each.getValue(), "GET", "/v1/whoami", null);
            assertThat(answer.statusCode()).as(each.getKey()).isEqualTo(401);
            assertThat(answer.body()).as(each.getKey()).isEqualTo(shape);
            assertThat(answer.headers().firstValue("WWW-Authenticate"))
                    .as(each.getKey())
                    .contains("Bearer");
        }
    }

    private static Map<String, String> bad() throws Exception {
        var bad = new LinkedHashMap<String, String>();
        algorithms(bad);
        keysOfTheTokensChoice(bad);
        signatures(bad);
        spellings(bad);
        times(bad);
        names(bad);
        ourOwn(bad);
        return bad;
    }

    private static void algorithms(Map<String, String> bad) throws Exception {
        var good = claims("hs", "");
        for (var none : List.of("none", "None", "NONE", "nOnE", "")) {
            bad.put("alg '" + none + "', unsigned", signed(header(none), good) + ".");
            bad.put("alg '" + none + "', signed", hs256(header(none), good));
        }
        bad.put("no alg", hs256("{\"typ\":\"JWT\"}", good));
        bad.put("alg null", hs256("{\"alg\":null,\"typ\":\"JWT\"}", good));
        bad.put("alg a number", hs256("{\"alg\":256,\"typ\":\"JWT\"}", good));
        bad.put("alg a list", hs256("{\"alg\":[\"HS256\"],\"typ\":\"JWT\"}", good));
        bad.put("alg in other case", hs256(header("hs256"), good));
        bad.put("alg with a blank", hs256(header("HS256 "), good));
        bad.put(
                "a longer hash",
                mac("HmacSHA512", header("HS512"), good, TestTokens.SECRET.getBytes(UTF_8)));
        bad.put(
                "RS384",
                sign("SHA384withRSA", tokens.rsa.getPrivate(), header("RS384"), claims("rs", "")));
        var publicKey = tokens.rsa.getPublic();
        var confused = claims("rs", "");
        bad.put(
                "HS256 with the PEM of RS256",
                hs256(header("HS256"), confused, TestTokens.pem(publicKey).getBytes(UTF_8)));
        bad.put(
                "HS256 with the DER of RS256",
                hs256(header("HS256"), confused, publicKey.getEncoded()));
        bad.put(
                "HS256 with the DER of ES256",
                hs256(header("HS256"), claims("es", ""), tokens.ec.getPublic().getEncoded()));
        bad.put(
                "HS256 with the key set",
                hs256(header("HS256"), claims("es", ""), tokens.keySet().getBytes(UTF_8)));
        bad.put(
                "a secret out of a public key set",
                hs256("{\"alg\":\"HS256\",\"typ\":\"JWT\",\"kid\":\"secret\"}", claims("es", "")));
        bad.put(
                "RS256 named, HS256 done",
                hs256(header("RS256"), confused, publicKey.getEncoded()));
        bad.put("HS256 with one zero byte", hs256(header("HS256"), good, new byte[1]));
        bad.put("ES256 named, EdDSA done", tokens.eddsa(header("ES256"), claims("es", "")));
    }

    private static void keysOfTheTokensChoice(Map<String, String> bad) throws Exception {
        var good = claims("es", "");
        for (var kid :
                List.of(
                        "two",
                        "../../../../dev/null",
                        "one' or '1'='1",
                        "http://127.0.0.1:1/keys",
                        "",
                        "ONE",
                        "one\\u0000",
                        "x".repeat(3_000))) {
            bad.put(
                    "kid " + kid,
                    tokens.es256(
                            "{\"alg\":\"ES256\",\"typ\":\"JWT\",\"kid\":\"%s\"}".formatted(kid),
                            good));
        }
        bad.put(
                "kid a number",
                tokens.es256("{\"alg\":\"ES256\",\"typ\":\"JWT\",\"kid\":1}", good));
        bad.put(
                "kid a path, empty key",
                hs256(
                        "{\"alg\":\"HS256\",\"typ\":\"JWT\",\"kid\":\"/dev/null\"}",
                        claims("hs", ""),
                        new byte[1]));
        var own = TestTokens.pair("RSA", 2048);
        bad.put(
                "a key of its own",
                sign("SHA256withRSA", own.getPrivate(), header("RS256"), claims("rs", "")));
        for (var each :
                Map.of(
                                "jku", "\"http://127.0.0.1:1/\"",
                                "jwk", "{\"kty\":\"oct\",\"k\":\"AA\"}",
                                "x5u", "\"http://127.0.0.1:1/\"",
                                "x5c", "[\"AA\"]",
                                "crit", "[\"exp\"]",
                                "b64", "false",
                                "zip", "\"DEF\"",
                                "enc", "\"A128GCM\"")
                        .entrySet()) {
            bad.put(
                    "header " + each.getKey(),
                    hs256(
                            "{\"alg\":\"HS256\",\"typ\":\"JWT\",\"%s\":%s}"
                                    .formatted(each.getKey(), each.getValue()),
                            claims("hs", "")));
        }
        bad.put(
                "crit empty",
                hs256("{\"alg\":\"HS256\",\"typ\":\"JWT\",\"crit\":[]}", claims("hs", "")));
        bad.put("no typ", hs256("{\"alg\":\"HS256\"}", claims("hs", "")));
        bad.put("another typ", hs256("{\"alg\":\"HS256\",\"typ\":\"JWE\"}", claims("hs", "")));
        bad.put("typ a number", hs256("{\"alg\":\"HS256\",\"typ\":1}", claims("hs", "")));
    }

    private static void signatures(Map<String, String> bad) throws Exception {
        var es = tokens.es256(header("ES256"), claims("es", ""));
        var body = es.substring(0, es.lastIndexOf('.') + 1);
        bad.put("no signature", body);
        bad.put("r = s = 0", body + base64(new byte[64]));
        bad.put("a short signature", es.substring(0, es.length() - 4));
        bad.put("a long signature", es + "AAAA");
        bad.put(
                "as DER",
                sign("SHA256withECDSA", tokens.ec.getPrivate(), header("ES256"), claims("es", "")));
        var p384 = TestTokens.curve("secp384r1");
        bad.put(
                "another curve",
                sign(
                        "SHA384withECDSAinP1363Format",
                        p384.getPrivate(),
                        header("ES256"),
                        claims("es", "")));
        bad.put(
                "another key",
                sign(
                        "SHA256withECDSAinP1363Format",
                        TestTokens.curve("secp256r1").getPrivate(),
                        header("ES256"),
                        claims("es", "")));
        bad.put(
                "another secret",
                hs256(header("HS256"), claims("hs", ""), "x".repeat(32).getBytes(UTF_8)));
        var hs = hs256(header("HS256"), claims("hs", "")).split("\\.", -1);
        bad.put(
                "other claims",
                hs[0]
                        + "."
                        + base64(claims("hs", ",\"role\":\"admin\"").getBytes(UTF_8))
                        + "."
                        + hs[2]);
        bad.put(
                "another header",
                base64("{\"alg\":\"HS256\",\"typ\":\"jwt\"}".getBytes(UTF_8))
                        + "."
                        + hs[1]
                        + "."
                        + hs[2]);
        var ed =
                tokens.eddsa(
                        "{\"alg\":\"EdDSA\"}",
                        "{\"iss\":\"https://ed.example\",\"sub\":\"ada\",\"exp\":%d}"
                                .formatted(seconds(60)));
        bad.put(
                "an empty Ed25519 signature",
                ed.substring(0, ed.lastIndexOf('.') + 1) + base64(new byte[64]));
    }

    private static void spellings(Map<String, String> bad) throws Exception {
        var good = hs256(header("HS256"), claims("hs", ""));
        var parts = good.split("\\.", -1);
        bad.put("one part", parts[0]);
        bad.put("two parts", parts[0] + "." + parts[1]);
        bad.put("a dot behind", good + ".");
        bad.put("a dot before", "." + good);
        bad.put("dots alone", "..");
        bad.put("five parts", good + ".AAAA.AAAA");
        bad.put("padding", parts[0] + "=." + parts[1] + "." + parts[2]);
        bad.put("padding of the signature", good + "=");
        bad.put("a blank inside", parts[0] + ". " + parts[1] + "." + parts[2]);
        bad.put("plain base 64", parts[0] + "." + parts[1] + "." + parts[2].substring(1) + "+");
        var last = parts[2].charAt(parts[2].length() - 1);
        bad.put("bits that mean nothing", good.substring(0, good.length() - 1) + (char) (last + 1));
        bad.put(
                "9 KiB of claims",
                hs256(header("HS256"), claims("hs", ",\"x\":\"" + "x".repeat(9 << 10) + "\"")));
        bad.put(
                "deep claims",
                hs256(
                        header("HS256"),
                        claims("hs", ",\"x\":" + "[".repeat(500) + "]".repeat(500))));
        bad.put(
                "a deep header",
                hs256(
                        "{\"alg\":\"HS256\",\"typ\":\"JWT\",\"x\":"
                                + "[".repeat(500)
                                + "]".repeat(500)
                                + "}",
                        claims("hs", "")));
        bad.put("claims a list", hs256(header("HS256"), "[]"));
        bad.put("claims null", hs256(header("HS256"), "null"));
        bad.put("claims a text", hs256(header("HS256"), "\"x\""));
        bad.put("claims no JSON", hs256(header("HS256"), "{"));
        bad.put("something behind the claims", hs256(header("HS256"), claims("hs", "") + "{}"));
        bad.put("a doubled claim", hs256(header("HS256"), claims("hs", ",\"sub\":\"eve\"")));
        bad.put(
                "a doubled alg",
                hs256("{\"alg\":\"none\",\"alg\":\"HS256\",\"typ\":\"JWT\"}", claims("hs", "")));
        bad.put("a byte order mark", hs256("\uFEFF" + header("HS256"), claims("hs", "")));
    }

    private static void times(Map<String, String> bad) throws Exception {
        bad.put("no exp", timed("\"iat\":%d".formatted(seconds(0))));
        bad.put("no iat", timed("\"exp\":%d".formatted(seconds(60))));
        bad.put("expired", timed("\"iat\":%d,\"exp\":%d".formatted(seconds(-600), seconds(-61))));
        bad.put(
                "exp a text",
                timed("\"iat\":%d,\"exp\":\"%d\"".formatted(seconds(0), seconds(60))));
        bad.put("exp null", timed("\"iat\":%d,\"exp\":null".formatted(seconds(0))));
        bad.put("exp true", timed("\"iat\":%d,\"exp\":true".formatted(seconds(0))));
        bad.put("exp a list", timed("\"iat\":%d,\"exp\":[%d]".formatted(seconds(0), seconds(60))));
        bad.put("exp below zero", timed("\"iat\":%d,\"exp\":-1".formatted(seconds(0))));
        bad.put("exp beyond all bounds", timed("\"iat\":%d,\"exp\":1e300".formatted(seconds(0))));
        bad.put(
                "exp of thirty digits",
                timed("\"iat\":%d,\"exp\":%s".formatted(seconds(0), "9".repeat(30))));
        bad.put(
                "exp before iat",
                timed("\"iat\":%d,\"exp\":%d".formatted(seconds(30), seconds(20))));
        bad.put(
                "valid for more than a day",
                timed("\"iat\":%d,\"exp\":%d".formatted(seconds(0), seconds(86_401))));
        bad.put(
                "issued later",
                timed("\"iat\":%d,\"exp\":%d".formatted(seconds(120), seconds(600))));
        bad.put("iat a text", timed("\"iat\":\"now\",\"exp\":%d".formatted(seconds(60))));
        bad.put(
                "not yet",
                hs256(header("HS256"), claims("hs", ",\"nbf\":%d".formatted(seconds(120)))));
        bad.put("nbf a text", hs256(header("HS256"), claims("hs", ",\"nbf\":\"0\"")));
        bad.put("nbf null", hs256(header("HS256"), claims("hs", ",\"nbf\":null")));
    }

    private static String timed(String times) {
        return hs256(
                header("HS256"),
                "{\"iss\":\"https://hs.example\",\"aud\":\"kedge\",\"sub\":\"ada\",%s}"
                        .formatted(times));
    }

    private static void names(Map<String, String> bad) {
        replaced(bad, "no iss", "\"iss\":\"https://hs.example\",", "");
        replaced(bad, "another iss", "hs.example", "eve.example");
        replaced(bad, "the iss of another issuer", "hs.example", "rs.example");
        replaced(bad, "iss a list", "\"https://hs.example\"", "[\"https://hs.example\"]");
        replaced(bad, "iss with a slash", "hs.example", "hs.example/");
        replaced(bad, "no aud", "\"aud\":\"kedge\",", "");
        replaced(bad, "another aud", "\"kedge\"", "\"kettle\"");
        replaced(bad, "aud in other case", "\"kedge\"", "\"Kedge\"");
        replaced(bad, "an empty aud", "\"kedge\"", "[]");
        replaced(bad, "aud a list of others", "\"kedge\"", "[\"a\",\"b\"]");
        replaced(bad, "aud a list with a number", "\"kedge\"", "[\"kedge\",1]");
        replaced(bad, "aud an object", "\"kedge\"", "{\"kedge\":true}");
        replaced(bad, "no sub", "\"sub\":\"ada\",", "");
        replaced(bad, "an empty sub", "\"ada\"", "\"\"");
        replaced(bad, "sub a number", "\"ada\"", "1");
        replaced(bad, "sub null", "\"ada\"", "null");
        replaced(bad, "a long sub", "ada", "a".repeat(256));
        replaced(bad, "sub with a line's end", "ada", "a\\nb");
        replaced(bad, "jti a number", "\"sub\"", "\"jti\":1,\"sub\"");
        replaced(bad, "role an object", "\"sub\"", "\"role\":{},\"sub\"");
        replaced(bad, "a namespace that is none", "\"sub\"", "\"ns\":\"../shop\",\"sub\"");
    }

    private static void replaced(Map<String, String> bad, String name, String from, String to) {
        bad.put(name, hs256(header("HS256"), claims("hs", "").replace(from, to)));
    }

    private static void ourOwn(Map<String, String> bad) throws Exception {
        var key =
                read(
                        server.post("/v1/keys", "{\"name\":\"x\",\"everywhere\":true}"),
                        201,
                        KeyView.class);
        var secret = String.valueOf(key.key());
        assertThat(server.as(secret, "GET", "/v1/whoami", null).statusCode()).isEqualTo(200);
        server.delete("/v1/keys/" + key.id());
        bad.put("a revoked key", secret);
        bad.put(
                "a key with a typing error",
                secret.substring(0, 20) + "0" + secret.substring(21) + "0");
        bad.put("half a key", secret.substring(0, 40));
        bad.put("nothing", "");
        bad.put("a password", "correct horse battery staple");
    }

    private static long seconds(long fromNow) {
        return Instant.now().getEpochSecond() + fromNow;
    }

    private static WhoView who(String token) throws Exception {
        return read(server.as(token, "GET", "/v1/whoami", null), 200, WhoView.class);
    }

    private static Map<String, String> roles(WhoView who) {
        var roles = new LinkedHashMap<String, String>();
        who.memberships().forEach(in -> roles.put(in.namespace(), in.role().name()));
        return roles;
    }
}
