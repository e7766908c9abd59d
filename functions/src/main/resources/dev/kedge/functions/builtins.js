// What the bootstrap and its parts need of the language, captured before user code can patch it.
//
// Whoever imports from here looks nothing up on a prototype. Arrays are read by index and grown by
// assignment, because iterating and pushing would look something up as well.

import { setImmediate } from "node:timers";

/** Calls back when everything that is to be done at once has been done, in a turn of its own. */
export const nextTurn = setImmediate;
export const { stringify, parse } = JSON;
export const { setTimeout, performance } = globalThis;
export const PromiseNow = Promise;
export const MapNow = Map;
export const SetNow = Set;
export const WeakMapNow = WeakMap;
export const keysOf = Object.keys;
export const ErrorNow = Error;
export const TypeErrorNow = TypeError;
export const RangeErrorNow = RangeError;
export const DateNow = Date;
export const StringNow = String;
export const isArray = Array.isArray;
export const isInteger = Number.isInteger;
export const isFinite = Number.isFinite;
export const captureStack = Error.captureStackTrace;
export const uncurry = Function.prototype.bind.bind(Function.prototype.call);
export const get = uncurry(Map.prototype.get);
export const put = uncurry(Map.prototype.set);
export const drop = uncurry(Map.prototype.delete);
export const holds = uncurry(Map.prototype.has);
export const each = uncurry(Map.prototype.forEach);
export const countOf = uncurry(Object.getOwnPropertyDescriptor(Map.prototype, "size").get);
export const remember = uncurry(WeakMap.prototype.set);
export const recall = uncurry(WeakMap.prototype.get);
export const add = uncurry(Set.prototype.add);
export const includes = uncurry(Set.prototype.has);
export const matches = uncurry(RegExp.prototype.exec);
export const find = uncurry(String.prototype.indexOf);
export const cut = uncurry(String.prototype.slice);
export const lowerCase = uncurry(String.prototype.toLowerCase);
export const partOf = uncurry(Array.prototype.slice);
export const insert = uncurry(Array.prototype.splice);
export const whenDone = uncurry(Promise.prototype.then);
export const timeOf = uncurry(Date.prototype.getTime);
export const parseDate = Date.parse;
export const wallClock = Date.now;
export const floor = Math.floor;
export const power = Math.pow;
export const least = Math.min;
export const now = performance.now.bind(performance);
export const isError = Error.isError ?? ((thrown) => thrown instanceof Error);

export const encode = uncurry(TextEncoder.prototype.encode).bind(null, new TextEncoder());
export const byteLength = uncurry(Object.getOwnPropertyDescriptor(Object.getPrototypeOf(Uint8Array.prototype), "length").get);
export const bytesOf = (text) => byteLength(encode(text));
