/**
 * Loads the page again when its author has changed the lesson, and lists the lesson's
 * problems. It is added to the page by "tabernetes lesson serve" alone; package preview
 * sends what it reads.
 */

const TITLES = {
  en: (count) => (count === 1 ? "1 problem in this lesson" : `${count} problems in this lesson`),
  zh: (count) => `这一课有 ${count} 个问题`,
};

const summary = document.createElement("summary");
const list = document.createElement("ol");
const details = document.createElement("details");
details.open = true;
details.append(summary, list);
const panel = document.createElement("aside");
panel.className = "lesson-preview";
panel.setAttribute("role", "status");
panel.hidden = true;
panel.append(details);
document.body.append(panel);

let version;
let problems = [];

const events = new EventSource(new URL("events", import.meta.url));
events.addEventListener("message", ({ data }) => {
  const built = JSON.parse(data);
  if (version !== undefined && version !== built.version) {
    location.reload();
    return;
  }
  version = built.version;
  problems = built.problems;
  show();
});

// The page sets it when its reader chooses a language.
new MutationObserver(show).observe(document.documentElement, { attributeFilter: ["lang"] });

function show() {
  const title = document.documentElement.lang.startsWith("zh") ? TITLES.zh : TITLES.en;
  summary.textContent = title(problems.length);
  list.replaceChildren(...problems.map(item));
  panel.hidden = problems.length === 0;
}

function item({ place, message }) {
  const where = document.createElement("code");
  where.textContent = place;
  const line = document.createElement("li");
  line.append(where, ` ${message}`);
  return line;
}
