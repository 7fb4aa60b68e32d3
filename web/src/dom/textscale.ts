/** The root font size for which the lengths in drawings are designed, in pixels. */
const ROOT_FONT_SIZE = 16;

/**
 * CSS pixels for one of a drawing's own, so that what is drawn grows with the text
 * around it: the style sheet, or the reader, may ask for larger text. Reads style:
 * for the measure phase.
 */
export function textScale(): number {
  const size = Number.parseFloat(getComputedStyle(document.documentElement).fontSize);
  return size > 0 ? size / ROOT_FONT_SIZE : 1;
}
