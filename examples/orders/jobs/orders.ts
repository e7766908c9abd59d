// Sums up a shop's exported orders: reads the CSV in the payload, sorts out the lines that are
// broken and says why, converts what is left to euros, and adds up.
//
// Exchange rates are asked for in portions, with a pause in between, as one has to with a service
// that allows so many questions a second. That pause is what makes the job take seconds. Each
// question is a step: what was asked once is on record, and is not asked again after a crash.
import { defineJob } from "@kedge/sdk";

const PORTION_ROWS = 100;
const PAUSE_MS = 80;

/** Ten-thousandths of a euro for one unit of the currency, so that all sums stay whole numbers. */
const RATES: Record<string, number> = { EUR: 10000, USD: 8600, GBP: 11400, SEK: 910, PLN: 2350, JPY: 55 };

type Order = {
  id: string;
  country: string;
  sku: string;
  quantity: number;
  cents: number;
  currency: string;
};

export default defineJob(
  { retry: { maxAttempts: 3, backoff: "fixed", initialDelay: "200ms" }, timeout: "2m" },
  async (ctx) => {
    const [header, ...lines] = ctx.payload.csv.trimEnd().split("\n");
    const columns = cells(header);
    ctx.log.info(`attempt ${ctx.attempt}: ${lines.length} lines of ${columns.length} columns`);

    const seen = new Set<string>();
    const rejected: Record<string, number> = {};
    const countries: Record<string, { orders: number; cents: number }> = {};
    const units: Record<string, number> = {};
    let accepted = 0;
    let totalCents = 0;

    for (let from = 0; from < lines.length; from += PORTION_ROWS) {
      const portion = lines.slice(from, from + PORTION_ROWS);
      const good: Order[] = [];
      for (const line of portion) {
        const order = orderOf(cells(line), seen);
        if (typeof order === "string") {
          rejected[order] = (rejected[order] ?? 0) + 1;
        } else {
          good.push(order);
        }
      }
      const rates = await ctx.step("rates", { key: from / PORTION_ROWS }, () =>
        ratesFor(new Set(good.map((order) => order.currency))));
      for (const order of good) {
        const cents = Math.floor((order.cents * order.quantity * rates[order.currency]) / 10000);
        const country = (countries[order.country] ??= { orders: 0, cents: 0 });
        country.orders++;
        country.cents += cents;
        units[order.sku] = (units[order.sku] ?? 0) + order.quantity;
        accepted++;
        totalCents += cents;
      }
      const processed = from + portion.length;
      ctx.progress({ processed, total: lines.length, percent: (100 * processed) / lines.length,
        message: `${processed} of ${lines.length} orders` });
    }

    const bestSeller = Object.entries(units).sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1))[0];
    return {
      rows: lines.length,
      accepted,
      rejected,
      totalCents,
      countries,
      bestSeller: { sku: bestSeller[0], units: bestSeller[1] },
    };
  },
);

/** An order, or the reason why a line is none. */
function orderOf(
  [id, at, _customer, country, sku, quantity, cents, currency]: string[],
  seen: Set<string>,
): Order | string {
  if (seen.has(id)) return "duplicate";
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(at)) return "bad date";
  if (!/^[1-9]\d*$/.test(quantity)) return "bad quantity";
  if (!/^\d+$/.test(cents)) return "bad price";
  if (!(currency in RATES)) return "unknown currency";
  seen.add(id);
  return { id, country, sku, quantity: Number(quantity), cents: Number(cents), currency };
}

/** Stands for a service that is asked over the network and may be asked twelve times a second. */
async function ratesFor(currencies: Set<string>): Promise<Record<string, number>> {
  await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  return Object.fromEntries([...currencies].map((currency) => [currency, RATES[currency]]));
}

/** The cells of a CSV line; a quoted one may contain commas, and quotes by doubling them. */
function cells(line: string): string[] {
  const found: string[] = [];
  for (const match of line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)) {
    found.push(match[1] === undefined ? match[2] : match[1].replaceAll('""', '"'));
  }
  return found;
}
