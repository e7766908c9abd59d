const sdk = globalThis[Symbol.for("kedge.sdk")];
export const defineJob = sdk.defineJob;
export const serve = sdk.serve;
