/**
 * Arguments of the page's interface as somebody gave them, who need not have written
 * TypeScript. What is none of the wanted type is refused with a TypeError that names it,
 * before a worker sees it.
 */

export const text = (value: unknown, name: string): string => {
  if (typeof value !== "string") {
    throw new TypeError(`${name} is not a string`);
  }
  return value;
};

export const number = (value: unknown, name: string): number => {
  if (typeof value !== "number" || Number.isNaN(value)) {
    throw new TypeError(`${name} is not a number`);
  }
  return value;
};

export const texts = (value: unknown, name: string): string[] => {
  if (!Array.isArray(value)) {
    throw new TypeError(`${name} is not an array of strings`);
  }
  return value.map((one, index) => text(one, `${name}[${index}]`));
};

export const record = (value: unknown, name: string): Readonly<Record<string, unknown>> => {
  if (value === undefined) {
    return {};
  }
  if (typeof value !== "object" || value === null) {
    throw new TypeError(`${name} is not an object`);
  }
  return value as Readonly<Record<string, unknown>>;
};

export const blob = (value: unknown, name: string): Blob => {
  if (!(value instanceof Blob)) {
    throw new TypeError(`${name} is not a Blob`);
  }
  return value;
};
