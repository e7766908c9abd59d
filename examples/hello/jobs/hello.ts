// The smallest job there is: `kedge dev` in this folder, then
//   kedge runs start hello --payload '{"name": "Ada"}' --wait
export default async (ctx) => {
  const name = ctx.payload?.name ?? "world";
  ctx.log.info(`greeting ${name}`);
  return { greeting: `Hello, ${name}!` };
};
