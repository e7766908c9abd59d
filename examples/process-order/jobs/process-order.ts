import { JobContext } from '@reactor/jobs-sdk';

export default {
  async fetch(request: Request, _env: Env, ctx: JobContext): Promise<Response> {
    const payload = await request.json();

    const order = await ctx.step('validate', async () => validateOrder(payload));
    await ctx.step('charge', async () => chargeCustomer(order));
    await ctx.emit('order.processed', { orderId: order.id });

    return Response.json({ success: true, orderId: order.id });
  },
};

// What stands above is written as for Reactor. Below is what stands for a shop's own code.

type Env = Record<string, string>;
type Order = { id: string; cents: number };

function validateOrder(payload: { orderId?: string; cents?: number }): Order {
  if (!payload.orderId) throw new Error("an order needs an orderId");
  return { id: payload.orderId, cents: payload.cents ?? 1000 };
}

async function chargeCustomer(order: Order): Promise<{ charged: number }> {
  console.log(`charging ${order.cents} cents for ${order.id}`);
  return { charged: order.cents };
}
