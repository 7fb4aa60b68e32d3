import type { CommandResult, Execution, OutputListener } from "./contract.ts";

/** Waits for an execution and collects its output. Aborting the signal interrupts it. */
export async function gather(
  start: (output: OutputListener) => Execution,
  signal?: AbortSignal,
): Promise<CommandResult> {
  signal?.throwIfAborted();
  const texts = { stdout: "", stderr: "" };
  const execution = start((stream, text) => {
    texts[stream] += text;
  });
  const interrupt = () => execution.stop();
  signal?.addEventListener("abort", interrupt, { once: true });
  try {
    const code = await execution.ended;
    return { code, ...texts };
  } finally {
    signal?.removeEventListener("abort", interrupt);
  }
}
