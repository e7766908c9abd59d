// Welcomes a new user, waits a day, and asks how it went: unless the user has written first.
//
// The day is spent asleep: no process and no slot is held, and restarts change nothing.
import { type Context, defineJob } from "@kedge/sdk";

type User = { email: string; name: string };

export default defineJob({ timeout: "1m" }, async (ctx: Context<User>) => {
  const user = ctx.payload;

  const welcome = await ctx.step("send-welcome", ({ effectKey }) =>
    send(user.email, `Welcome, ${user.name}!`, effectKey));
  await ctx.sleep("cooling-off", "24h");
  const reply = await ctx.waitFor<{ text: string }>("mail.received", { match: { from: user.email }, timeout: "1h" });
  if (reply !== null) {
    return { welcome, answered: reply.payload.text };
  }
  const followUp = await ctx.step("follow-up", ({ effectKey }) =>
    send(user.email, `How do you like it, ${user.name}?`, effectKey));
  return { welcome, followUp };
});

/** Stands for a mail service that sends one mail for a key, however often it is asked. */
async function send(to: string, text: string, key: string): Promise<{ to: string; text: string }> {
  console.log(`mail to ${to}: ${text} (${key.slice(-30)})`);
  return { to, text };
}
