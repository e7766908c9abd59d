// What a run may know and nobody else.
//
// ctx.secrets asks the server for each secret, when it is wanted. The global `secrets` answers at
// once, as some documents have it; what it may be asked for came with the run, which the server
// does where the code names it.

import {
  cut, ErrorNow, get, lowerCase, MapNow, PromiseNow, put, StringNow, TypeErrorNow,
} from "./builtins.js";

const NAME_CHARS_MAX = 128;
const USER = "user", SYSTEM = "system";

function missing(name) {
  return new ErrorNow(`Required secret '${name}' not found`);
}

function nameOf(verb, name) {
  if (typeof name !== "string" || name === "") {
    throw new TypeErrorNow(`secrets.${verb}(name): the name must be a text`);
  }
  return cut(name, 0, NAME_CHARS_MAX);
}

/**
 * The secrets of a context.
 *
 * @param ask called with a name; calls back with {value}, null, or {refused}
 */
export function secretsOf(ask) {
  function asked(verb, name, answer) {
    return new PromiseNow((resolve, reject) => {
      ask(nameOf(verb, name), (found) => {
        if (found !== null && found.refused !== undefined) reject(new ErrorNow(found.refused));
        else answer(found === null ? undefined : found.value, resolve, reject);
      });
    });
  }

  return {
    get: (name) => asked("get", name, (value, resolve) => resolve(value)),
    getRequired: (name) =>
      asked("getRequired", name, (value, resolve, reject) =>
        value === undefined ? reject(missing(name)) : resolve(value)),
  };
}

/** Case does not count there, and a dot is an underscore. */
function folded(name) {
  const lower = lowerCase(StringNow(name));
  let text = "";
  for (let i = 0; i < lower.length; i++) text += lower[i] === "." ? "_" : lower[i];
  return text;
}

/** What came with a run, by owner: [[name, owner, value], ...], the nearest of a name first. */
export function handedOver(list) {
  const nearest = new MapNow(), users = new MapNow(), systems = new MapNow();
  for (let i = 0; i < list.length; i++) {
    const name = folded(list[i][0]), owner = list[i][1], value = list[i][2];
    const own = owner === USER ? users : owner === SYSTEM ? systems : null;
    if (own !== null && get(own, name) === undefined) put(own, name, value);
    const known = get(nearest, name);
    if (known === undefined || RANK[owner] < RANK[known.owner]) put(nearest, name, { owner, value });
  }
  return { nearest, users, systems };
}

const RANK = { __proto__: null, user: 0, namespace: 1, system: 2 };

/**
 * The global.
 *
 * @param handed what came with the run under way; throws where there is none
 */
export function globalSecrets(handed) {
  const nearest = (verb, name) => get(handed().nearest, folded(nameOf(verb, name)))?.value;
  return {
    get: (name) => nearest("get", name),
    getRequired: (name) => {
      const value = nearest("getRequired", name);
      if (value === undefined) throw missing(name);
      return value;
    },
    getUser: (name) => get(handed().users, folded(nameOf("getUser", name))),
    getSystem: (name) => get(handed().systems, folded(nameOf("getSystem", name))),
  };
}
