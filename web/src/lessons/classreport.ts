import { html } from "../dom/element.ts";
import type { Text } from "../language/text.ts";
import type { ClassroomStore } from "./host.ts";

/** Where the server of a class takes reports (engine/classroom). */
const PATH = "class/progress";

/** As many characters as the server takes. */
const LONGEST_NAME = 60;

/** How far a learner is: what the server of a class takes. */
export interface ClassReport {
  /** The title of the lesson. */
  readonly lesson: string;
  readonly passed: number;
  readonly steps: number;
}

/** Asks a learner of a class whether the class may see how far they are, and reports it if so. */
export class ClassReporter {
  readonly element = html("div", { class: "class-report" });
  readonly #store: ClassroomStore;
  #text: Text;
  #report: ClassReport | undefined;
  #sent = "";
  #hasFailed = false;

  constructor(store: ClassroomStore, text: Text) {
    this.#store = store;
    this.#text = text;
    this.#draw();
  }

  localize(text: Text): void {
    this.#text = text;
    this.#draw();
  }

  /** The learner is this far now. */
  tell(report: ClassReport): void {
    this.#report = report;
    void this.#send();
  }

  async #send(): Promise<void> {
    const name = this.#store.load();
    const body = JSON.stringify({ name, ...this.#report });
    if (name === undefined || name === "" || this.#report === undefined || body === this.#sent) {
      return;
    }
    this.#sent = body;
    let isTaken = false;
    try {
      const headers = { "Content-Type": "application/json" };
      const response = await fetch(new URL(PATH, document.baseURI), { method: "POST", headers, body });
      isTaken = response.ok;
    } catch {
      // Out of reach: the next step is reported again.
    }
    if (!isTaken) {
      this.#sent = "";
    }
    if (this.#hasFailed === isTaken) {
      this.#hasFailed = !isTaken;
      this.#draw();
    }
  }

  #draw(): void {
    const { classroom } = this.#text.learning;
    const name = this.#store.load();
    if (name === undefined) {
      this.element.replaceChildren(this.#question());
    } else if (name === "") {
      this.element.replaceChildren();
    } else {
      const end = html("button", { type: "button", class: "link" }, classroom.end);
      end.addEventListener("click", () => this.#choose(""));
      const said = html(
        "p",
        { role: "status" },
        this.#hasFailed ? classroom.failed : classroom.reporting(name),
      );
      this.element.replaceChildren(said, end);
    }
  }

  #question(): HTMLElement {
    const { classroom } = this.#text.learning;
    const field = html("input", {
      type: "text",
      maxlength: LONGEST_NAME,
      required: true,
      autocomplete: "nickname",
    });
    const label = html("label", {}, classroom.name, " ", field);
    const refuse = html("button", { type: "button", class: "small" }, classroom.refuse);
    refuse.addEventListener("click", () => this.#choose(""));
    const form = html(
      "form",
      {},
      html("p", {}, classroom.ask),
      html(
        "div",
        { class: "lesson-row" },
        label,
        html("button", { class: "small primary" }, classroom.agree),
        refuse,
      ),
    );
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      if (field.value.trim() !== "") {
        this.#choose(field.value.trim());
      }
    });
    return form;
  }

  #choose(name: string): void {
    this.#store.save(name);
    this.#draw();
    void this.#send();
  }
}
