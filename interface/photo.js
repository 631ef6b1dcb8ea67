// What Gradio's photo box lacks, which stands on the page as `props.photo`:
// A file that is too large, or a folder, is kept from it, and told: `props.value = {name, size, is_folder}` and an
// `input` event out. Any other goes in, pasted with the keyboard or dropped on another, too: that it is no picture the
// answer says.
// Where the browser cannot show a file, it is said so, in place of a broken picture.
// What it shows is its own copy: on the server the file is deleted as soon as it is read. A server that was started
// anew is sent it again.
// The buttons with example photos get names.
// Gradio runs this once when the component is on the page; `props` and `trigger` are its arguments.

const findPhoto = () => document.getElementById(props.photo);
const findInPhoto = (selector) => findPhoto()?.querySelector(selector);
const sayIn = (languages) => languages[navigator.language] ?? languages.en;

// ---------------------------------------------------------------- files in

const LOOK_AGAIN = 100; // ms between two looks whether the box can take a file
let newest = null; // file that is to go in
let isOurs = false; // the event that is under way
const isPicture = ({ type }) => type.startsWith("image/");

function take(event, files) {
  const [file] = files ?? [];
  if (!file || isOurs) return;
  const item = [...(event.dataTransfer?.items ?? [])].find((item) => item.kind === "file");
  const isFolder = item?.webkitGetAsEntry?.()?.isDirectory ?? false;
  const isRefused = isFolder || file.size > props.limit;
  if (!isRefused && event.type === "change" && isPicture(file) && !findInPhoto("img")) return; // it goes in by itself
  event.preventDefault(); // or the browser leaves the page for a dropped picture
  event.stopImmediatePropagation();
  if (event.type === "change") event.target.value = ""; // the same file may be chosen again
  if (event.type === "drop") findInPhoto("[aria-dropeffect]")?.dispatchEvent(new DragEvent("dragleave"));
  if (isRefused) refuse(file, isFolder);
  else putIn(file);
}

function refuse({ name, size }, isFolder) {
  props.value = { name, size, is_folder: isFolder };
  trigger("input");
}

// The photo before is taken out, or its answer would stand beside the new one until that is read; and Gradio would read
// the new one twice. Its button for uploads does so, and brings the input back where camera or clipboard was chosen.
async function putIn(file) {
  newest = file;
  let input = null;
  for (let wait = 0; !input; wait = LOOK_AGAIN) {
    findInPhoto("[data-testid=source-select] button")?.click();
    await new Promise((done) => setTimeout(done, wait)); // until Gradio has drawn that
    if (newest !== file) return; // there came another meanwhile
    input = findInPhoto("input[type=file]"); // none while another file is sent
  }
  const files = new DataTransfer();
  files.items.add(toPicture(file));
  input.files = files.files;
  isOurs = true;
  input.dispatchEvent(new Event("change", { bubbles: true }));
  isOurs = false;
}

// Gradio lets in only what the browser takes for a picture, which may not know HEIC, or a name without a suffix
function toPicture(file) {
  if (isPicture(file)) return file;
  const suffix = props.suffixes.find((suffix) => file.name.toLowerCase().endsWith(suffix));
  return new File([file], file.name, { type: `image/${suffix?.slice(1) ?? "unknown"}` });
}

function paste(event) {
  if (findPhoto()?.offsetParent) take(event, event.clipboardData?.files); // else another tab is shown
}

function acceptByName() {
  const input = findInPhoto("input[type=file]");
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
const copies = new Map(); // path on the server -> {file, url: "blob:…"}; the oldest first

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
  copies.set(path, { file, url: URL.createObjectURL(file) });
  if (copies.size <= AT_MOST) return;
  const [[oldest, { url }]] = copies;
  URL.revokeObjectURL(url);
  copies.delete(oldest);
}

function showCopies() {
  for (const picture of findPhoto()?.querySelectorAll('img[src*="/file="]') ?? []) {
    const copy = copies.get(decodeURIComponent(picture.src.split("/file=")[1]));
    if (copy) picture.src = copy.url;
  }
}

new MutationObserver(showCopies).observe(document.body, {
  subtree: true,
  childList: true,
  attributes: true,
  attributeFilter: ["src"],
});

// It has forgotten the photo. Of an example it has the file, by its button.
function sendAgain() {
  const shown = findInPhoto("img");
  if (!shown?.offsetParent) return; // none, or another tab is shown
  const copy = [...copies.values()].find(({ url }) => url === shown.src);
  if (copy) return void putIn(copy.file);
  const name = shown.src.split("/").pop();
  document.querySelector(`.gallery-item img[src$="/${name}"]`)?.click();
}

// ---------------------------------------------------------------- events

function listen(name, filesOf) {
  // captured on its way down, before Gradio's own listeners
  document.addEventListener(name, (event) => findPhoto()?.contains(event.target) && take(event, filesOf(event)), true);
}

listen("change", (event) => event.target.files);
listen("drop", (event) => event.dataTransfer?.files);
document.addEventListener("dragover", (event) => findPhoto()?.contains(event.target) && event.preventDefault());
document.addEventListener("paste", paste);
document.addEventListener("click", acceptByName, true);
document.addEventListener("error", tellIfShown, true);
document.addEventListener("load", tellIfShown, true);
document.addEventListener("load", nameExample, true);
document.addEventListener("server-renewed", sendAgain);
