// Books a trip: a flight, a hotel, a car. If one of them cannot be had, those that were booked are
// cancelled again, in reverse order, and the trip has failed: whatever crashes in between.
import { type Context, defineJob, NonRetryableError, StepError } from "@kedge/sdk";

type Trip = { traveller: string; soldOut?: string };

const PARTS = ["flight", "hotel", "car"];

export default defineJob({ timeout: "1m" }, async (ctx: Context<Trip>) => {
  const booked: { part: string; booking: string }[] = [];
  try {
    for (const part of PARTS) {
      const booking = await ctx.step(`book ${part}`, ({ effectKey }) => book(ctx.payload, part, effectKey));
      booked.push({ part, booking });
    }
    return { trip: booked.map(({ booking }) => booking) };
  } catch (error) {
    if (!(error instanceof StepError)) throw error;
    for (const { part, booking } of booked.reverse()) {
      await ctx.step(`cancel ${part}`, { retry: { maxAttempts: 5 } }, () => cancel(booking));
    }
    throw new NonRetryableError(`no trip for ${ctx.payload.traveller}: ${error.message}`);
  }
});

/** Stands for a service that books once for a key, however often it is asked. */
function book(trip: Trip, part: string, key: string): string {
  if (trip.soldOut === part) throw new NonRetryableError(`no ${part} left`);
  console.log(`booked ${part} (${key.split("/")[1]})`);
  return `${part} of ${trip.traveller}`;
}

/** Cancelling what is cancelled already changes nothing. */
function cancel(booking: string): string {
  console.log(`cancelled ${booking}`);
  return booking;
}
