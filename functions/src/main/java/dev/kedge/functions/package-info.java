/**
 * Functions: TypeScript and JavaScript that people upload, run in a sandbox. To the engine a
 * function is a handler like any other.
 *
 * <p>One attempt's way: {@link dev.kedge.functions.FunctionHandler} borrows a process from the
 * {@link dev.kedge.functions.ProcessPool}, the {@link dev.kedge.functions.SandboxProcess} sends one
 * frame to the bootstrap that waits inside Deno, and a frame with the verdict comes back. A process
 * serves one deployment of one namespace for its whole life, and one attempt at a time.
 *
 * <p>Everything that comes out of a process is hostile input. What the sandbox consists of on this
 * host is found out at the start and said in a {@link dev.kedge.functions.SandboxReport}.
 */
@NullMarked
package dev.kedge.functions;

import org.jspecify.annotations.NullMarked;
