package dev.kedge.engine.secrets;

import dev.kedge.model.SecretValue;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Set;
import tools.jackson.core.io.JsonStringEncoder;

/** The ways in which a value is commonly written. */
final class Forms {

    /** Shorter texts are met everywhere: to take them out would leave nothing legible. */
    static final int CHARS_MIN = 6;

    private final Set<String> forms = new LinkedHashSet<>();

    private Forms() {}

    static Set<String> of(SecretValue value) {
        var forms = new Forms();
        var text = value.text();
        forms.addWritten(text);
        var stripped = text.strip();
        if (!stripped.equals(text)) {
            forms.addWritten(stripped);
            forms.addEncoded(stripped.getBytes(StandardCharsets.UTF_8));
        }
        stripped.lines().map(String::strip).forEach(forms::addWritten); // Logs are cut into lines.
        forms.addEncoded(value.bytes());
        return forms.forms;
    }

    private void add(String form) {
        if (form.length() >= CHARS_MIN) {
            forms.add(form);
        }
    }

    private void addWritten(String text) {
        if (text.length() < CHARS_MIN) {
            return;
        }
        add(text);
        add(new String(JsonStringEncoder.getInstance().quoteAsCharArray(text)));
        var form = URLEncoder.encode(text, StandardCharsets.UTF_8);
        var component = // As encodeURIComponent writes it.
                form.replace("+", "%20")
                        .replace("%21", "!")
                        .replace("%27", "'")
                        .replace("%28", "(")
                        .replace("%29", ")")
                        .replace("%7E", "~");
        addUrl(form);
        addUrl(form.replace("+", "%20"));
        addUrl(component);
    }

    private void addUrl(String form) {
        add(form);
        add(
                java.util.regex.Pattern.compile("%[0-9A-F]{2}")
                        .matcher(form)
                        .replaceAll(escape -> escape.group().toLowerCase(Locale.ROOT)));
    }

    private void addEncoded(byte[] bytes) {
        if (bytes.length < CHARS_MIN) {
            return;
        }
        var hex = HexFormat.of().formatHex(bytes);
        add(hex);
        add(hex.toUpperCase(Locale.ROOT));
        add(Base64.getEncoder().encodeToString(bytes));
        add(Base64.getUrlEncoder().encodeToString(bytes));
        for (var before = 0; before < 3; before++) {
            addBase64(bytes, before);
        }
    }

    /**
     * As it shows inside of something longer that was encoded as a whole, where {@code before}
     * bytes modulo three come first: without the characters that its neighbours have a part in.
     */
    private void addBase64(byte[] bytes, int before) {
        var padded = new byte[before + bytes.length];
        System.arraycopy(bytes, 0, padded, before, bytes.length);
        var from = (before * 8 + 5) / 6;
        var to = padded.length * 8 / 6;
        add(Base64.getEncoder().encodeToString(padded).substring(from, to));
        add(Base64.getUrlEncoder().encodeToString(padded).substring(from, to));
        Arrays.fill(padded, (byte) 0);
    }
}
