// Two things that Gradio's photo box lacks, which stands on the page as `props.photo`:
// A file that is too large is kept from it, and told: `props.value = {name, size}` and an `input` event out.
// A picture that is pasted with the keyboard goes in.
// Gradio runs this once when the component is on the page; `props` and `trigger` are its arguments.

const findPhoto = () => document.getElementById(props.photo);

function refuseLarge(event, files) {
  const file = [...(files ?? [])].find((file) => file.size > props.limit);
  if (!file) return;
  event.preventDefault(); // or the browser leaves the page for a dropped picture
  event.stopImmediatePropagation();
  if (event.type === "change") event.target.value = ""; // the same file may be chosen again
  if (event.type === "drop") event.target.dispatchEvent(new DragEvent("dragleave", { bubbles: true }));
  props.value = { name: file.name, size: file.size };
  trigger("input");
}

function paste(event) {
  const photo = findPhoto();
  const files = event.clipboardData?.files ?? [];
  if (!photo?.offsetParent || files.length === 0) return; // another tab is shown, or no picture on the clipboard
  const input = photo.querySelector("input[type=file]");
  if (!input) return;
  event.preventDefault();
  input.files = files;
  input.dispatchEvent(new Event("change", { bubbles: true }));
}

function listen(name, filesOf) {
  const inPhoto = (event) => findPhoto()?.contains(event.target);
  // captured on its way down, before Gradio's own listeners
  document.addEventListener(name, (event) => inPhoto(event) && refuseLarge(event, filesOf(event)), true);
}

listen("change", (event) => event.target.files);
listen("drop", (event) => event.dataTransfer?.files);
document.addEventListener("paste", paste);
