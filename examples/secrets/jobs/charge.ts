/**
 * Charges a card, with a key that nobody but this code sees.
 *
 *   echo "sk_test_…" | kedge secrets set stripe_api_key
 *   kedge runs start charge --payload '{"cents": 1999}' --wait
 */
import { type Context, defineJob } from "@kedge/sdk";

interface Order {
  readonly cents?: number;
}

export default defineJob({ timeout: "1m" }, async (ctx: Context<Order | null>) => {
  const cents = ctx.payload?.cents ?? 100;
  const receipt = await ctx.step("charge", async ({ effectKey }) => {
    // Where it is used, not where it would be recorded: a step that returned it would be refused.
    const key = await ctx.secrets.getRequired("stripe_api_key");
    return charge(cents, key, effectKey);
  });
  console.log("charged with", await ctx.secrets.get("stripe_api_key")); // Shows its name instead.
  return { receipt, with: await ctx.secrets.get("stripe_api_key") }; // So does the result.
});

/** Stands for a call to a payment service. */
async function charge(cents: number, key: string, idempotencyKey: string): Promise<string> {
  if (!key.startsWith("sk_")) throw new Error("this key was not made by the payment service");
  return `${cents} cents, ${idempotencyKey.length > 0 ? "once" : "perhaps twice"}`;
}
