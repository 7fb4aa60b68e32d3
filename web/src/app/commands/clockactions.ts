import type { Client } from "../../client/client.ts";
import type { ClockCommand } from "../../protocol/clock.ts";

export type ClockAction = "pause" | "step" | "skip" | "slower" | "faster";

/** The speeds that the faster and slower actions step through. */
const RATES = [0.1, 0.25, 0.5, 1, 2, 5, 10, 20, 50, 100];

/** Does to the clock what its buttons do. During a step or skip only a pause has an effect. */
export async function moveClock(client: Client, action: ClockAction): Promise<void> {
  const command = commandFor(client, action);
  const isRunning = client.clock?.mode === "run";
  if (command !== undefined && (isRunning || command.kind === "pause" || command.kind === "resume")) {
    await client.command(command);
  }
}

function commandFor({ clock }: Client, action: ClockAction): ClockCommand | undefined {
  switch (action) {
    case "pause":
      return { kind: clock?.paused ? "resume" : "pause" };
    case "step":
      return { kind: "step" };
    case "skip":
      return { kind: "skip", settled: true };
    case "slower":
    case "faster": {
      const rate = clock?.rate ?? 1;
      const next =
        action === "faster"
          ? RATES.find((candidate) => candidate > rate)
          : RATES.findLast((candidate) => candidate < rate);
      return next === undefined ? undefined : { kind: "rate", rate: next };
    }
  }
}
