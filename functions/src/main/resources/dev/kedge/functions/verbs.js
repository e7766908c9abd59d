// What user code calls: the verbs of a context, as far as they are more than one question.

import {
  get, isInteger, MapNow, PromiseNow, put, RangeErrorNow, TypeErrorNow, whenDone,
} from "./builtins.js";
import {
  instant, jsonOf, millis, optionsOf, pathOf, retryOf, shown, topicOf, WAIT_MS_MAX,
} from "./arguments.js";

const SLEEP = "sleep", WAIT = "wait", INVOKE = "invoke";

/**
 * @param replay what carries out operations, see replay.js
 * @param state see state.js
 */
export function verbsOf(replay, state, limits) {
  const numbers = new MapNow();

  /** The first of a name is called that; the second of it gets a number, and so on. */
  function numbered(name) {
    const number = (get(numbers, name) ?? 0) + 1;
    put(numbers, name, number);
    return number === 1 ? name : `${name}[${number}]`;
  }

  function pathFor(verb, unnamed, { name, key }) {
    return name === undefined && key === undefined ? numbered(unnamed) : pathOf(verb, name ?? unnamed, key);
  }

  /** Arguments that make no sense reject the promise, like everything else that goes wrong. */
  function promised(verb) {
    return (a, b, c) => {
      try {
        return verb(a, b, c);
      } catch (thrown) {
        return new PromiseNow((_resolve, reject) => reject(thrown));
      }
    };
  }

  return {
    step: promised((name, a, b) => {
      const fn = typeof a === "function" ? a : b;
      const options = optionsOf("step", typeof a === "function" ? b : a);
      if (typeof fn !== "function") {
        throw new TypeErrorNow(`ctx.step(name, fn): a function is missing for ${shown(name)}`);
      }
      const path = pathOf("step", name, options.key);
      return replay.step(path, fn, retryOf(path, options.retry));
    }),

    sleep: promised((name, duration, options) => {
      const alone = duration === undefined;
      const ms = millis("ctx.sleep", alone ? name : duration, WAIT_MS_MAX);
      const path = alone ? numbered("sleep") : pathOf("sleep", name, optionsOf("sleep", options).key);
      return whenDone(replay.wait(SLEEP, "sleep", path, { ms }, ""), nothing);
    }),

    sleepUntil: promised((name, time, options) => {
      const until = instant("ctx.sleepUntil", time);
      const path = pathOf("sleepUntil", name, optionsOf("sleepUntil", options).key);
      return whenDone(replay.wait(SLEEP, "sleepUntil", path, { until }, ""), nothing);
    }),

    waitFor: promised((topic, options) => {
      const said = optionsOf("waitFor", options);
      const { match, timeout } = said;
      const head = { topic: topicOf("waitFor", topic) };
      if (timeout !== undefined && timeout !== null) head.timeout = millis("ctx.waitFor timeout", timeout, WAIT_MS_MAX);
      const body = match === undefined ? "" : jsonOf("ctx.waitFor match", match, limits.matchBytes);
      return replay.wait(WAIT, "waitFor", pathFor("waitFor", `wait ${topic}`, said), head, body);
    }),

    invoke: promised((job, payload, options) => {
      if (typeof job !== "string") throw new TypeErrorNow(`ctx.invoke: the job must be a name, got ${shown(job)}`);
      const said = optionsOf("invoke", options);
      const { priority, queue, delay, maxAttempts, timeout, tags } = said;
      const head = { job, priority, queue, maxAttempts, tags };
      if (delay !== undefined) head.delay = millis("ctx.invoke delay", delay, WAIT_MS_MAX);
      if (timeout !== undefined) head.timeout = millis("ctx.invoke timeout", timeout, WAIT_MS_MAX);
      const body = jsonOf(`the payload of ctx.invoke('${job}')`, payload, limits.outputBytes);
      return replay.wait(INVOKE, "invoke", pathFor("invoke", `invoke ${job}`, said), head, body);
    }),

    emit: promised((topic, payload, options) => {
      topicOf("emit", topic);
      const body = jsonOf(`the payload of ctx.emit('${topic}')`, payload, limits.outputBytes);
      const path = pathFor("emit", `emit ${topic}`, optionsOf("emit", options));
      return whenDone(replay.emit(path, topic, body), nothing);
    }),

    all: promised((items, options) => {
      const { concurrency } = optionsOf("all", options);
      if (concurrency !== undefined && (!isInteger(concurrency) || concurrency < 1)) {
        throw new RangeErrorNow("ctx.all: concurrency must be a whole number from 1");
      }
      const todo = [];
      for (const item of items) todo[todo.length] = item;
      return allOf(todo, concurrency ?? Infinity);
    }),

    state: {
      get: state.get,
      set: promised((key, value) =>
        state.set(key, jsonOf(`the value of ctx.state.set('${key}')`, value, limits.outputBytes))),
      delete: promised(state.delete),
    },
  };
}

function nothing() {}

/** Like Promise.all, of promises and of functions that make some; of those so many at a time. */
function allOf(todo, concurrency) {
  return new PromiseNow((resolve, reject) => {
    const results = [];
    let missing = todo.length;
    let next = 0;
    let failed = false;
    const more = (index, value) => {
      results[index] = value;
      if (--missing === 0) resolve(results);
      else start();
    };
    const fail = (error) => {
      failed = true;
      reject(error);
    };
    let under = 0;
    const start = () => {
      while (!failed && next < todo.length && under < concurrency) {
        const index = next++;
        const isThunk = typeof todo[index] === "function";
        if (isThunk) under++;
        const promise = isThunk ? fromThunk(todo[index]) : todo[index];
        settled(promise, (value) => {
          if (isThunk) under--;
          more(index, value);
        }, fail);
      }
    };
    if (missing === 0) resolve(results);
    else start();
  });
}

async function fromThunk(thunk) {
  return await thunk();
}

async function settled(promise, done, failed) {
  let value;
  try {
    value = await promise;
  } catch (error) {
    failed(error);
    return;
  }
  done(value);
}
