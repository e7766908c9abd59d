package dev.kedge.bench;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;

/** What the figures depend on. It is not named: only what it can do matters. */
record Machine(int cores, long memoryGib, String jdk, String postgres) {

    static Machine here(String postgres) {
        var system = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
        return new Machine(
                Runtime.getRuntime().availableProcessors(),
                Math.round(system.getTotalMemorySize() / (double) (1L << 30)),
                Runtime.version().toString(),
                postgres);
    }

    @Override
    public String toString() {
        return "%d cores, %d GiB, JDK %s, PostgreSQL %s".formatted(cores, memoryGib, jdk, postgres);
    }
}
