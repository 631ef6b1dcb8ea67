// A file that is dropped beside the boxes is let go: the browser would show it in place of the page.
// Gradio runs this once when the component is on the page.

function letGo(event) {
  if (event.defaultPrevented || !event.dataTransfer?.types.includes("Files")) return; // a box has taken it
  event.preventDefault();
  event.dataTransfer.dropEffect = "none";
}

for (const name of ["dragover", "drop"]) window.addEventListener(name, letGo); // after all listeners of the boxes
