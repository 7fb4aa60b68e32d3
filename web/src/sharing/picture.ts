/** What of a shape's look a style sheet decides; a picture has it in its own attributes. */
const LOOK = [
  "color",
  "fill",
  "fill-opacity",
  "opacity",
  "stroke",
  "stroke-dasharray",
  "stroke-linecap",
  "stroke-linejoin",
  "stroke-opacity",
  "stroke-width",
  "font-family",
  "font-size",
  "font-weight",
  "letter-spacing",
  "text-anchor",
] as const;

/** Values that need not be written, of what is not inherited. */
const INITIAL: Readonly<Record<string, string>> = { opacity: "1" };

/** Pixels around the drawing. */
const MARGIN = 16;

const NAMESPACE = "http://www.w3.org/2000/svg";

/**
 * A drawing of the page as a file of its own, which looks the same everywhere and does
 * nothing: no script, no style sheet, no link. `title` is read out in its place.
 */
export function pictureOf(drawing: SVGSVGElement, title: string): string {
  const copy = drawing.cloneNode(true) as SVGSVGElement;
  const originals = drawing.querySelectorAll<SVGElement>("*");
  for (const [index, element] of [...copy.querySelectorAll<SVGElement>("*")].entries()) {
    const original = originals[index];
    if (original !== undefined) {
      copyLook(original, element, original.parentElement ?? drawing);
    }
  }
  // Where no pointer is, and what is leaving.
  for (const unseen of copy.querySelectorAll(".hit, .ring, .gone")) {
    unseen.remove();
  }
  for (const element of copy.querySelectorAll("*")) {
    for (const { name } of [...element.attributes]) {
      if (name === "class" || name === "role" || name === "tabindex" || /^(?:aria|data)-/.test(name)) {
        element.removeAttribute(name);
      }
    }
  }
  const { width, height } = drawing.viewBox.baseVal;
  const picture = document.createElementNS(NAMESPACE, "svg");
  for (const [name, value] of Object.entries({
    width: Math.ceil(width + 2 * MARGIN),
    height: Math.ceil(height + 2 * MARGIN),
    viewBox: `${-MARGIN} ${-MARGIN} ${width + 2 * MARGIN} ${height + 2 * MARGIN}`,
    role: "img",
  })) {
    picture.setAttribute(name, String(value));
  }
  copyLook(drawing, picture);
  const words = document.createElementNS(NAMESPACE, "title");
  words.textContent = title;
  const ground = document.createElementNS(NAMESPACE, "rect");
  for (const [name, value] of Object.entries({
    x: -MARGIN,
    y: -MARGIN,
    width: "100%",
    height: "100%",
    rx: 10,
    fill: getComputedStyle(drawing.closest(".diagram") ?? drawing).backgroundColor,
  })) {
    ground.setAttribute(name, String(value));
  }
  picture.append(words, ground, ...copy.childNodes);
  return new XMLSerializer().serializeToString(picture);
}

/** `around`: what holds the original is in the picture, too, so that the look is inherited from it. */
function copyLook(original: SVGElement, copy: SVGElement, around?: Element): void {
  const style = getComputedStyle(original);
  const inherited = around === undefined ? undefined : getComputedStyle(around);
  for (const property of LOOK) {
    const value = style.getPropertyValue(property);
    // What is inherited stands once, where it is decided.
    const isInherited = property !== "opacity" && value === inherited?.getPropertyValue(property);
    if (!isInherited && value !== INITIAL[property]) {
      copy.setAttribute(property, value.replaceAll('"', "'"));
    } else {
      copy.removeAttribute(property);
    }
  }
  // Where it goes, in case it moves now.
  const { transform } = original.style;
  copy.removeAttribute("style");
  if (transform !== "") {
    const { e, f } = new DOMMatrix(transform);
    copy.setAttribute("transform", `translate(${e} ${f})`);
  }
}
