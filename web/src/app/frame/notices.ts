import { html } from "../../dom/element.ts";
import { icon } from "../../dom/icons.ts";
import type { Text } from "../../language/text.ts";

/** Host milliseconds for which a passing notice stays. */
const PASSING = 5000;

/** An action that a notice offers. */
export interface Offer {
  label(text: Text): string;
  act(): void;
}

/** Messages across the page that the user must see; one for each subject. */
export class Notices {
  readonly element = html("div", { class: "notices", role: "status" });
  readonly #shown = new Map<
    string,
    { element: HTMLElement; render: () => void; timer?: ReturnType<typeof setTimeout> }
  >();
  #text: Text;

  constructor(text: Text) {
    this.#text = text;
  }

  /** Replaces the notice on the subject. A passing notice disappears by itself. */
  show(
    subject: string,
    kind: "info" | "warning",
    message: (text: Text) => string,
    passing = false,
    offers: readonly Offer[] = [],
  ): void {
    this.dismiss(subject);
    const element = html("p", { class: `notice notice-${kind}` });
    const render = () => {
      const close = html(
        "button",
        { type: "button", class: "quiet", "aria-label": this.#text.dismiss },
        icon("close"),
      );
      close.addEventListener("click", () => this.dismiss(subject));
      const buttons = offers.map(({ label, act }) => {
        const button = html("button", { type: "button", class: "small" }, label(this.#text));
        button.addEventListener("click", act);
        return button;
      });
      element.replaceChildren(html("span", {}, message(this.#text)), ...buttons, close);
    };
    render();
    this.element.append(element);
    this.#shown.set(subject, {
      element,
      render,
      ...(passing ? { timer: setTimeout(() => this.dismiss(subject), PASSING) } : {}),
    });
  }

  dismiss(subject: string): void {
    const notice = this.#shown.get(subject);
    clearTimeout(notice?.timer);
    notice?.element.remove();
    this.#shown.delete(subject);
  }

  localize(text: Text): void {
    this.#text = text;
    for (const { render } of this.#shown.values()) {
      render();
    }
  }
}
