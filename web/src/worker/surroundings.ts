/** What a Go program needs of the worker that it runs in; `Message` is what it tells the page. */
export interface Surroundings<Message> {
  post(message: Message, transfer?: Transferable[]): void;
  /** Runs a classic script in the global scope. */
  loadScript(url: string): void;
  fetch(url: string, init?: RequestInit): Promise<Response>;
}
