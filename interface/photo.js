// What Gradio's photo box lacks, which stands on the page as `props.photo`:
// A file that is too large is kept from it, and told: `props.value = {name, size}` and an `input` event out.
// A picture that is pasted with the keyboard goes in, and one that only its name tells to be one, as HEIC on Windows.
// Where the browser cannot show a file, it is said so, in place of a broken picture.
// What it shows is its own copy: on the server the file is deleted as soon as it is read.
// The buttons with example photos get names.
// Gradio runs this once when the component is on the page; `props` and `trigger` are its arguments.

const findPhoto = () => document.getElementById(props.photo);
const sayIn = (languages) => languages[navigator.language] ?? languages.en;

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
  picture.alt = sayIn(props.shown);
  if (isBroken) picture.parentElement.dataset.unshown = sayIn(props.unshown);
  else delete picture.parentElement.dataset.unshown;
}

// ".../blue-pen.jpg" is "Example photo: blue pen"
function nameExample({ target: picture }) {
  const button = picture.tagName === "IMG" && picture.closest(".gallery-item");
  const name = decodeURI(picture.src ?? "").split("/").pop().replace(/\.\w+$/, "");
  if (button) button.setAttribute("aria-label", sayIn(props.examples)[name] ?? name);
}

// ---------------------------------------------------------------- the browser's own copy of an upload

const AT_MOST = 3; // copies, of the last uploads
const copies = new Map(); // path on the server -> blob: URL; the oldest first

const send = window.fetch;
window.fetch = async (...asked) => {
  const answer = await send(...asked);
  const files = asked[1]?.body instanceof FormData ? asked[1].body.getAll("files") : [];
  if (answer.ok && files.length > 0 && new URL(asked[0]?.url ?? asked[0], location).pathname.endsWith("/upload")) {
    const paths = await answer.clone().json();
    paths.forEach((path, i) => keepCopy(path, files[i]));
  }
  return answer;
};

function keepCopy(path, file) {
  copies.delete(path);
  copies.set(path, URL.createObjectURL(file));
  if (copies.size <= AT_MOST) return;
  const [[oldest, url]] = copies;
  URL.revokeObjectURL(url);
  copies.delete(oldest);
}

function showCopies() {
  for (const picture of findPhoto()?.querySelectorAll('img[src*="/file="]') ?? []) {
    const copy = copies.get(decodeURIComponent(picture.src.split("/file=")[1]));
    if (copy) picture.src = copy;
  }
}

new MutationObserver(showCopies).observe(document.body, {
  subtree: true,
  childList: true,
  attributes: true,
  attributeFilter: ["src"],
});

// ---------------------------------------------------------------- events

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
document.addEventListener("load", nameExample, true);
