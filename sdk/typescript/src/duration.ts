/** What a length of time is counted in: days, hours, minutes, seconds, milliseconds. */
export type DurationUnit = "d" | "h" | "m" | "s" | "ms";

/**
 * A length of time as people write it: `90s`, `24h`, `1m30s`. Units come in falling order. The
 * compiler sees to the form of the first part; the server sees to the rest.
 */
export type DurationText = `${bigint}${DurationUnit}` | `${bigint}${"d" | "h" | "m" | "s"}${bigint}${string}`;

/** A length of time: milliseconds, or a text like `90s`. */
export type Duration = number | DurationText;
