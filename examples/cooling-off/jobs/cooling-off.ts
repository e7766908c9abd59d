import { JobContext } from '@reactor/jobs-sdk';

export default {
  async fetch(request: Request, _env: Env, ctx: JobContext): Promise<Response> {
    const user = await request.json();

    await ctx.step('send-welcome', async () => sendWelcomeEmail(user));
    await ctx.sleep('cooling-off', '24h');
    await ctx.step('follow-up', async () => sendFollowUp(user));

    return Response.json({ welcomed: user.email });
  },
};

// What stands above is written as for Reactor. Below is what stands for a product's own code.

type Env = Record<string, string>;
type User = { email: string };

async function sendWelcomeEmail(user: User): Promise<void> {
  console.log(`welcome, ${user.email}`);
}

async function sendFollowUp(user: User): Promise<void> {
  console.log(`how do you like it, ${user.email}?`);
}
