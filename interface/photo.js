// What Gradio's photo box lacks, which stands on the page as `props.photo`:
// A file that is too large is kept from it, and told: `props.value = {name, size}` and an `input` event out.
// A picture that is pasted with the keyboard goes in, and one that only its name tells to be one, as HEIC on Windows.
// Where the browser cannot show a file, it is said so, in place of a broken picture.
// Gradio runs this once when the component is on the page; `props` and `trigger` are its arguments.

const findPhoto = () => document.getElementById(props.photo);

function refuseLarge(event, files) {
  const file = [...(files ?? [])].find((file) => file.size > props.limit);
  if (!file) return false;
  event.preventDefault(); // or the browser leaves the page for a dropped picture
  event.stopImmediatePropagation();
  if (event.type === "change") event.target.value = ""; // the same file may be chosen again
  if (event.type === "drop") event.target.dispatchEvent(new DragEvent("dragleave", { bubbles: true }));
  props.value = { name: file.name, size: file.size };
  trigger("input");
  return true;
}

function putIn(files) {
  const input = findPhoto().querySelector("input[type=file]");
  if (!input) return false;
  input.files = files;
  input.dispatchEvent(new Event("change", { bubbles: true }));
  return true;
}

function paste(event) {
  const files = event.clipboardData?.files ?? [];
  if (!findPhoto()?.offsetParent || files.length === 0) return; // another tab is shown, or no picture on the clipboard
  if (putIn(files)) event.preventDefault();
}

const suffixOf = ({ name }) => props.suffixes.find((suffix) => name.toLowerCase().endsWith(suffix));

function takeByName(event, files) {
  const all = [...(files ?? [])];
  if (!all.some((file) => file.type === "" && suffixOf(file))) return;
  const typed = new DataTransfer();
  for (const file of all) {
    const type = file.type || `image/${suffixOf(file)?.slice(1)}`;
    typed.items.add(new File([file], file.name, { type }));
  }
  if (event.type === "change") return void (event.target.files = typed.files);
  if (!putIn(typed.files)) return;
  event.preventDefault();
  event.stopImmediatePropagation();
}

function acceptByName() {
  const input = findPhoto()?.querySelector("input[type=file]");
  if (input) input.accept = ["image/*", ...props.suffixes].join();
}

function tellIfShown(event) {
  const picture = event.target;
  if (picture.tagName !== "IMG" || !picture.parentElement || !findPhoto()?.contains(picture)) return;
  const isBroken = event.type === "error";
  picture.style.visibility = isBroken ? "hidden" : "";
  if (isBroken) picture.parentElement.dataset.unshown = props.unshown;
  else delete picture.parentElement.dataset.unshown;
}

function listen(name, filesOf) {
  const inPhoto = (event) => findPhoto()?.contains(event.target);
  // captured on its way down, before Gradio's own listeners
  document.addEventListener(
    name,
    (event) => {
      if (!inPhoto(event)) return;
      if (refuseLarge(event, filesOf(event))) return;
      takeByName(event, filesOf(event));
    },
    true,
  );
}

listen("change", (event) => event.target.files);
listen("drop", (event) => event.dataTransfer?.files);
document.addEventListener("paste", paste);
document.addEventListener("click", acceptByName, true);
document.addEventListener("error", tellIfShown, true);
document.addEventListener("load", tellIfShown, true);
