/** The text of whatever was thrown, for the page. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/**
 * The body of a response of the API, or an Error with the message of the Status
 * object that it answered with.
 */
export async function bodyOf(response: Response): Promise<string> {
  const body = await response.text();
  if (!response.ok) {
    throw new Error(statusMessage(body) ?? `HTTP ${response.status}`);
  }
  return body;
}

function statusMessage(body: string): string | undefined {
  try {
    const status: unknown = JSON.parse(body);
    if (typeof status === "object" && status !== null && "message" in status) {
      return String(status.message);
    }
  } catch {
    // Not a Status: the transport's own text, if any.
  }
  return body.trim() === "" ? undefined : body.trim();
}
