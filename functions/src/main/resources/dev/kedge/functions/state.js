// The values of a run that last across attempts.

import {
  bytesOf, countOf, drop, get, holds, insert, keysOf, MapNow, parse, PromiseNow, put,
  RangeErrorNow, stringify,
} from "./builtins.js";
import { keyOf } from "./arguments.js";

/**
 * @param past the values when the run began
 * @param write called with a key and its JSON, or null where it is gone; calls back once that is stored
 */
export function stateOf(past, limits, write) {
  const values = new MapNow();
  let bytes = 0;
  const names = keysOf(past);
  for (let i = 0; i < names.length; i++) {
    const json = stringify(past[names[i]]);
    put(values, names[i], json);
    bytes += bytesOf(json);
  }
  const unwritten = [];
  let writing = false;

  /** One at a time, so that the newest value of a key is the one that stays. */
  function writeNext() {
    if (writing || unwritten.length === 0) return;
    const next = unwritten[0];
    insert(unwritten, 0, 1);
    writing = true;
    write(next.key, next.json, () => {
      writing = false;
      next.resolve();
      writeNext();
    });
  }

  function written(key, json) {
    return new PromiseNow((resolve) => {
      unwritten[unwritten.length] = { key, json, resolve };
      writeNext();
    });
  }

  function sizeOf(key) {
    const json = get(values, key);
    return json === undefined ? 0 : bytesOf(json);
  }

  return {
    get(key) {
      const json = get(values, keyOf("get", key, limits.stateKeyChars));
      return json === undefined ? undefined : parse(json);
    },

    set(key, json) {
      keyOf("set", key, limits.stateKeyChars);
      if (!holds(values, key) && countOf(values) >= limits.stateKeys) {
        throw new RangeErrorNow(`ctx.state.set('${key}'): a run has at most ${limits.stateKeys} keys`);
      }
      const after = bytes + bytesOf(json) - sizeOf(key);
      if (after > limits.stateBytes) {
        throw new RangeErrorNow(
          `ctx.state.set('${key}'): the run's state would have ${after} bytes, the limit is ${limits.stateBytes}`);
      }
      bytes = after;
      put(values, key, json);
      return written(key, json);
    },

    delete(key) {
      keyOf("delete", key, limits.stateKeyChars);
      if (!holds(values, key)) return new PromiseNow((resolve) => resolve());
      bytes -= sizeOf(key);
      drop(values, key);
      return written(key, null);
    },
  };
}
