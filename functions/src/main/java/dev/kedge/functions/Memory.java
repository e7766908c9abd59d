package dev.kedge.functions;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** How much memory another process has, as Linux tells it. */
final class Memory {

    private static final String RESIDENT = "VmRSS:";

    private Memory() {}

    /** Bytes in memory; 0 where that cannot be known, as after the process's end. */
    static long residentBytes(long pid) {
        try {
            for (var line : Files.readAllLines(Path.of("/proc", Long.toString(pid), "status"))) {
                if (line.startsWith(RESIDENT)) {
                    var digits = line.substring(RESIDENT.length()).replace("kB", "").strip();
                    return Long.parseLong(digits) << 10;
                }
            }
        } catch (IOException gone) {
            // Gone, or no Linux: nothing to watch.
        }
        return 0;
    }
}
