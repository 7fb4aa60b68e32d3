/** An event of a watch of the Kubernetes API. */
export interface WatchEvent {
  readonly type: string;
  readonly object: unknown;
}

/** The events of a watch, a line each, until it ends. */
export async function* eventsOf({ body }: Response): AsyncGenerator<WatchEvent> {
  if (body === null) {
    return;
  }
  let rest = "";
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  for (;;) {
    const { done, value = "" } = await reader.read();
    const lines = (rest + value).split("\n");
    rest = lines.pop() ?? "";
    yield* lines.filter((line) => line !== "").map((line) => JSON.parse(line) as WatchEvent);
    if (done) {
      return;
    }
  }
}
