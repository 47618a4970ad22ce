// @ts-check
/** Files dragged onto an element. */

/** @param {HTMLElement} target @param {(files: File[], folders: string[]) => void} dropped */
export function onDrop(target, dropped) {
  // Moving over what is inside counts as entering it and leaving the last.
  let depth = 0;
  const show = (/** @type {number} */ now) => {
    depth = now;
    target.classList.toggle("dropping", depth > 0);
  };
  target.addEventListener("dragenter", (event) => {
    if (!holdsFiles(event)) return;
    event.preventDefault();
    show(depth + 1);
  });
  target.addEventListener("dragleave", (event) => {
    if (holdsFiles(event)) show(Math.max(0, depth - 1));
  });
  target.addEventListener("dragover", (event) => {
    if (holdsFiles(event)) event.preventDefault();
  });
  target.addEventListener("drop", (event) => {
    if (!holdsFiles(event)) return;
    event.preventDefault();
    show(0);
    const items = [...(event.dataTransfer?.items ?? [])].filter(({ kind }) => kind === "file");
    const folders = items.map((item) => item.webkitGetAsEntry()).filter((entry) => entry?.isDirectory);
    const names = folders.map((entry) => entry?.name ?? "");
    const files = [...(event.dataTransfer?.files ?? [])].filter(({ name }) => !names.includes(name));
    dropped(files, names);
  });
}

/** A file that misses its target must not replace the page. */
export function ignoreOtherDrops() {
  for (const kind of ["dragover", "drop"]) {
    addEventListener(kind, (event) => {
      if (holdsFiles(/** @type {DragEvent} */ (event))) event.preventDefault();
    });
  }
}

function holdsFiles(/** @type {DragEvent} */ event) {
  return event.dataTransfer?.types.includes("Files") ?? false;
}
