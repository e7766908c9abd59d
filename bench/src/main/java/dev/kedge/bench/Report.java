package dev.kedge.bench;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Figures, for people or for programs. */
record Report(Machine machine, List<Figure> figures) {

    private static final double FEW = 100;

    /** Markdown, so that it can be kept as it is. */
    String table() {
        var text = new StringBuilder();
        text.append(machine).append("\n\n");
        text.append(
                "| scenario | system | median | min–max | unit | ratio to raw | to best peer |\n");
        text.append("|---|---|---:|---:|---|---:|---:|\n");
        for (var figure : figures) {
            text.append(
                    "| %s | %s | %s | %s–%s | %s | %s | %s |\n"
                            .formatted(
                                    figure.scenario(),
                                    figure.system(),
                                    number(figure.value()),
                                    number(figure.least()),
                                    number(figure.most()),
                                    figure.unit(),
                                    ratio(figure.ratioToRaw(), "–"),
                                    ratio(figure.ratioToBestPeer(), "–")));
        }
        return text.toString();
    }

    /** A line for each figure. Names and units are ours and need no escaping. */
    String json() {
        return figures.stream().map(Report::json).collect(Collectors.joining());
    }

    private static String json(Figure figure) {
        return String.format(
                Locale.ROOT,
                "{\"scenario\":\"%s\",\"system\":\"%s\",\"value\":%.3f,\"unit\":\"%s\","
                        + "\"runs\":[%s],\"ratioToRaw\":%s,\"ratioToBestPeer\":%s}%n",
                figure.scenario(),
                figure.system(),
                figure.value(),
                figure.unit(),
                figure.laps().stream()
                        .map(lap -> String.format(Locale.ROOT, "%.3f", lap))
                        .collect(Collectors.joining(",")),
                ratio(figure.ratioToRaw(), "null"),
                ratio(figure.ratioToBestPeer(), "null"));
    }

    private static String ratio(@Nullable Double ratio, String none) {
        return ratio == null ? none : String.format(Locale.ROOT, "%.2f", ratio);
    }

    private static String number(double value) {
        return value < FEW
                ? String.format(Locale.ROOT, "%.2f", value)
                : String.format(Locale.ROOT, "%,.0f", value);
    }
}
