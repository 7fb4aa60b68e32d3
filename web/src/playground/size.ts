/** Tells the height of the content in pixels whenever it is another one. */
export function reportHeight(report: (height: number) => void): void {
  let last = 0;
  const observer = new ResizeObserver(() => {
    const height = Math.ceil(document.body.getBoundingClientRect().height);
    if (height !== last) {
      last = height;
      report(height);
    }
  });
  observer.observe(document.body);
}
