// Looks up the prices of many items, so many at a time, and adds them up.
//
// Each item is a step of its own: after a crash, only those that were not looked up yet are.
import { type Context, defineJob } from "@kedge/sdk";

export default defineJob({ timeout: "5m" }, async (ctx: Context<{ items: number }>) => {
  const items = Array.from({ length: ctx.payload.items }, (_, i) => i);
  let done = 0;
  const prices = await ctx.all(
    items.map((item) => async () => {
      const price = await ctx.step("price", { key: item, retry: { maxAttempts: 3 } }, () => priceOf(item));
      ctx.progress({ processed: ++done, total: items.length });
      return price;
    }),
    { concurrency: 50 },
  );
  return { items: prices.length, cents: prices.reduce((sum, price) => sum + price, 0) };
});

/** Stands for a service that is asked over the network. */
async function priceOf(item: number): Promise<number> {
  await new Promise((resolve) => setTimeout(resolve, 2));
  return 100 + (item % 7);
}
