// Clocks and random numbers, watched: between steps they are answered anew at every replay.
//
// They keep working as they are. Who uses them is told, once.

/** Replaces them by ones that call noted(name) first. */
export function watchClocks(noted) {
  const DateNow = globalThis.Date;
  const { construct } = Reflect;
  const dateNow = DateNow.now;
  const random = Math.random;
  const uuid = crypto.randomUUID.bind(crypto);

  function Date(...parts) {
    if (new.target === undefined) {
      noted("Date()");
      return DateNow();
    }
    if (parts.length === 0) noted("new Date()");
    return construct(DateNow, parts, new.target === Date ? DateNow : new.target);
  }
  Object.defineProperties(Date, Object.getOwnPropertyDescriptors(DateNow));
  Object.defineProperty(DateNow.prototype, "constructor", {
    value: Date, writable: true, enumerable: false, configurable: true,
  });
  replace(Date, "now", () => (noted("Date.now()"), dateNow()));
  replace(globalThis, "Date", Date);
  replace(Math, "random", () => (noted("Math.random()"), random()));
  replace(crypto, "randomUUID", () => (noted("crypto.randomUUID()"), uuid()));
}

function replace(owner, name, value) {
  Object.defineProperty(owner, name, { value, writable: true, enumerable: false, configurable: true });
}
