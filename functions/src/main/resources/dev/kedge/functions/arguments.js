// What the arguments of the verbs mean, and what is said to those that mean nothing.

import {
  bytesOf, DateNow, floor, isError, isFinite, isInteger, least, matches, parseDate, power,
  RangeErrorNow, stringify, StringNow, timeOf, TypeErrorNow,
} from "./builtins.js";

const DAY_MS = 86_400_000;
export const WAIT_MS_MAX = 366 * DAY_MS;
const PATH_CHARS_MAX = 256;

const DURATION = /^(?:(\d{1,9})d)?(?:(\d{1,9})h)?(?:(\d{1,9})m)?(?:(\d{1,9})s)?(?:(\d{1,9})ms)?$/;
const TOPIC = /^[A-Za-z0-9]([A-Za-z0-9._:-]{0,126}[A-Za-z0-9])?$/;
const CONTROL = /[\u0000-\u001f\u007f-\u009f]/;

export function shown(value) {
  return typeof value === "string" ? `'${value}'` : typeof value;
}

/** Milliseconds: a number of them, or a text like 90s, 24h, 1m30s. */
export function millis(field, value, most) {
  let ms = value;
  if (typeof value === "string") {
    const found = value === "" ? null : matches(DURATION, value);
    if (found === null) {
      throw new TypeErrorNow(`${field}: a duration is written like '90s', '24h' or '1m30s', got '${value}'`);
    }
    ms = (found[1] ?? 0) * DAY_MS + (found[2] ?? 0) * 3_600_000 + (found[3] ?? 0) * 60_000 +
      (found[4] ?? 0) * 1_000 + (found[5] ?? 0) * 1;
  }
  if (typeof ms !== "number" || !isFinite(ms)) {
    throw new TypeErrorNow(`${field}: milliseconds or a text like '90s', got ${shown(value)}`);
  }
  if (ms < 0 || ms > most) {
    throw new RangeErrorNow(`${field}: must be between 0 and ${most / DAY_MS} days, got ${value}`);
  }
  return floor(ms);
}

export function instant(field, value) {
  const ms = typeof value === "string"
    ? parseDate(value)
    : value instanceof DateNow ? timeOf(value) : NaN;
  if (!isFinite(ms)) {
    throw new TypeErrorNow(`${field}: a Date or a text like '2027-01-31T09:00:00Z', got ${shown(value)}`);
  }
  return ms;
}

export function pathOf(verb, name, key) {
  if (typeof name !== "string") {
    throw new TypeErrorNow(`ctx.${verb}: the name must be a text, got ${shown(name)}`);
  }
  if (key !== undefined && key !== null && typeof key === "object" || typeof key === "function") {
    throw new TypeErrorNow(`ctx.${verb}('${name}'): the key must be a text or a number`);
  }
  const path = key === undefined || key === null ? name : `${name}[${StringNow(key)}]`;
  if (path.length < 1 || path.length > PATH_CHARS_MAX) {
    throw new RangeErrorNow(
      `ctx.${verb}: a name has 1 to ${PATH_CHARS_MAX} characters, its key included, this one has ${path.length}`);
  }
  if (matches(CONTROL, path) !== null) {
    throw new TypeErrorNow(`ctx.${verb}: the name ${stringify(path)} must not contain control characters`);
  }
  return path;
}

export function topicOf(verb, topic) {
  if (typeof topic !== "string" || matches(TOPIC, topic) === null) {
    throw new TypeErrorNow(
      `ctx.${verb}: a topic is 1 to 128 letters, digits, '.', '_', ':' and '-', ` +
        `with a letter or digit at both ends; got ${shown(topic)}`);
  }
  return topic;
}

export function optionsOf(verb, options) {
  if (options === undefined || options === null) return {};
  if (typeof options !== "object") {
    throw new TypeErrorNow(`ctx.${verb}: the options must be an object, got ${shown(options)}`);
  }
  return options;
}

/** JSON text of a value; where there is nothing to write down, null is. */
export function jsonOf(what, value, most) {
  if (typeof value === "function" || typeof value === "symbol") {
    throw new TypeErrorNow(`${what}: a ${typeof value} cannot be written as JSON`);
  }
  let json;
  try {
    json = stringify(value) ?? "null";
  } catch (thrown) {
    throw new TypeErrorNow(`${what} cannot be written as JSON: ${messageOf(thrown)}`);
  }
  if (json.length > most || json.length * 3 > most && bytesOf(json) > most) {
    throw new RangeErrorNow(`${what} has ${bytesOf(json)} bytes of JSON, the limit is ${most}`);
  }
  return json;
}

function messageOf(thrown) {
  try {
    return isError(thrown) ? StringNow(thrown.message) : StringNow(thrown);
  } catch {
    return "a value that cannot be read";
  }
}

export function retryOf(step, said) {
  const retry = optionsOf(`step('${step}')`, said);
  const tries = retry.maxAttempts ?? 1;
  if (!isInteger(tries) || tries < 1 || tries > 1000) {
    throw new RangeErrorNow(`ctx.step('${step}'): retry.maxAttempts must be a whole number from 1 to 1000`);
  }
  const backoff = retry.backoff ?? "exponential";
  if (backoff !== "fixed" && backoff !== "linear" && backoff !== "exponential") {
    throw new TypeErrorNow(`ctx.step('${step}'): retry.backoff must be 'fixed', 'linear' or 'exponential'`);
  }
  return {
    tries,
    backoff,
    initial: millis(`ctx.step('${step}') retry.initialDelay`, retry.initialDelay ?? 1_000, DAY_MS),
    most: millis(`ctx.step('${step}') retry.maxDelay`, retry.maxDelay ?? 60_000, DAY_MS),
  };
}

export function delayAfter(retry, failures) {
  if (retry.backoff === "fixed") return retry.initial;
  const factor = retry.backoff === "linear" ? failures : power(2, least(failures - 1, 40));
  return least(retry.most, retry.initial * factor);
}

/** The name of a value of the run's state. */
export function keyOf(verb, key, charsMax) {
  if (typeof key !== "string" || key.length < 1 || key.length > charsMax || matches(CONTROL, key) !== null) {
    throw new TypeErrorNow(`ctx.state.${verb}: a key is a text of 1 to ${charsMax} characters, got ${shown(key)}`);
  }
  return key;
}
