// Writes orders.csv, the demo's input: 5,000 orders of a shop, made up from a fixed seed, so that the
// file is the same each time. About one line in sixteen is broken in one of the ways that exported
// files are broken in practice, because that is what the job has to cope with.
//
//   node make-orders.mjs [FILE]
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const ROWS = 5000;

/** mulberry32: small, and the same on every machine. */
function random(seed) {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

const chance = random(20261122);
const below = (n) => Math.floor(chance() * n);
const oneOf = (list) => list[below(list.length)];

const given = ["Ada", "Grace", "Linus", "Barbara", "Edsger", "Radia", "Ken", "Margaret", "Tony", "Frances"];
const family = ["Okafor", "Lindqvist", "Moreau", "Tanaka", "Silva", "O'Neill", "Kowalska", "Haddad", "Weber", "Costa"];
const markets = [
  ["DE", "EUR"], ["FR", "EUR"], ["PT", "EUR"], ["IE", "EUR"], ["SE", "SEK"],
  ["GB", "GBP"], ["US", "USD"], ["CA", "USD"], ["JP", "JPY"], ["PL", "PLN"],
];
const products = Array.from({ length: 40 }, (_, i) => ({
  sku: `SKU-${String(1001 + i * 7)}`,
  cents: 190 + ((i * 7919) % 24800),
}));

const START = Date.UTC(2026, 0, 1);
const lines = ["order_id,ordered_at,customer,country,sku,quantity,unit_price_cents,currency"];
let at = START;
for (let i = 0; i < ROWS; i++) {
  at += 1000 * (30 + below(9000));
  const [country, currency] = oneOf(markets);
  const product = products[Math.min(below(40), below(40))]; // Some sell better than others.
  let id = `ORD-${100000 + i}`;
  let when = new Date(at).toISOString().replace(".000", "");
  let customer = `"${oneOf(family)}, ${oneOf(given)}"`;
  let quantity = String(1 + Math.min(below(9), below(9)));
  let price = String(product.cents);
  let money = currency;
  switch (below(80)) {
    case 0: quantity = "0"; break;
    case 1: quantity = "two"; break;
    case 2: price = `-${price}`; break;
    case 3: when = when.replace("2026-", "2026-13-"); break;
    case 4: money = "???"; break;
    case 5: id = `ORD-${100000 + Math.max(0, i - 1 - below(50))}`; break; // Exported twice.
    case 6: customer = '"Smith ""Smitty"", Jo"'; break; // Odd, but valid.
  }
  lines.push([id, when, customer, country, product.sku, quantity, price, money].join(","));
}

const file = process.argv[2] ?? fileURLToPath(new URL("orders.csv", import.meta.url));
writeFileSync(file, lines.join("\n") + "\n");
