/**
 * embed.js, for pages of others: it defines `<tabernetes-playground>`. A page may have
 * it several times, of several versions: the first one counts.
 */
import { Playground } from "./playground.ts";

const NAME = "tabernetes-playground";

if (customElements.get(NAME) === undefined) {
  customElements.define(NAME, Playground);
}
