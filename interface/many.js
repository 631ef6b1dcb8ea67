// Files in, a table of what is on them out, which a person can sort, correct and download. One file after the other is
// sent to Python's `server.read_one`; the table is kept here alone.
// Gradio runs this once when the component is on the page; `element`, `props` and `server` are its arguments.

const AT_ONCE = 2; // files under way: one is sent while another is read
const DOUBTFUL = 0.9; // a lowest confidence below this stands out
const DECIMAL = (1.5).toLocaleString()[1]; // as this computer writes numbers, whatever the page's language
const words = props.words[navigator.language] ?? props.words.en;
const find = (selector) => element.querySelector(selector);
const [box, sentence, progress, actions, table] = [".box", ".sentence", ".progress", ".actions", "table"].map(find);
const body = table.tBodies[0];

let rows = []; // {number, file, text, read, lowest_confidence, error, predictions, corrected, tr}, as they were uploaded
let waiting = []; // {number, name, file}
let underWay = 0;
let count = 0; // files chosen since the table was cleared
let total = 0; // of those that are being read, and
let done = 0; // some of which
let failed = 0; // could not be read
let isUnsaved = false; // the table was changed since it was downloaded
let isLeaving = false; // to another language, as a person has said
let generation = 0; // of the table; each Clear begins another
let doubtfulFirst = false;

const fill = (text, values) => text.replace(/{(\w+)}/g, (_, name) => values[name]);

function say(text) {
  sentence.textContent = text;
  sentence.hidden = text === "";
}

// ---------------------------------------------------------------- files in

const isPicture = ({ name }) => props.suffixes.some((suffix) => name.toLowerCase().endsWith(suffix));
const isHidden = ({ name }) => name.startsWith(".");

// [{name, file}]; of a folder only the pictures
function add(files) {
  say(files.length === 0 ? words.no_pictures : "");
  const room = props.max_files - rows.length - waiting.length - underWay;
  if (files.length > room) say(fill(words.too_many, { limit: props.max_files, left: files.length - room }));
  const taken = files.slice(0, room).map((entry) => ({ ...entry, number: ++count }));
  if (taken.length === 0) return;
  if (waiting.length + underWay === 0) done = failed = 0;
  waiting.push(...taken);
  total = done + underWay + waiting.length; // without those that were canceled before
  showProgress();
  readOn();
}

function addFolder(files) {
  const named = files.map((file) => ({ file, name: file.webkitRelativePath || file.name }));
  add(choosePictures(named));
}

// Of a folder: by name, as some browsers hand them over and others don't
function choosePictures(named) {
  return named.filter(({ file }) => isPicture(file) && !isHidden(file)).sort((a, b) => (a.name < b.name ? -1 : 1));
}

// What is dropped: files as they are, of folders the pictures in them and in their folders
async function readEntry(entry) {
  if (entry.isFile) {
    const file = await new Promise((resolve, reject) => entry.file(resolve, reject));
    return [{ file, name: entry.fullPath.replace(/^\//, "") }];
  }
  const reader = entry.createReader();
  const found = [];
  for (;;) {
    const some = await new Promise((resolve, reject) => reader.readEntries(resolve, reject)); // 100 at a time
    if (some.length === 0) break;
    for (const inner of some) found.push(...(await readEntry(inner)));
  }
  return choosePictures(found);
}

// Anywhere on the page while this tab is shown
function dragOver(event) {
  if (!isOverTab(event)) return;
  event.preventDefault();
  box.classList.add("over");
}

function dragLeave({ relatedTarget }) {
  if (!relatedTarget) box.classList.remove("over"); // it left the page
}

const isOverTab = (event) => element.offsetParent && event.dataTransfer?.types.includes("Files");

async function drop(event) {
  if (!isOverTab(event)) return;
  event.preventDefault();
  box.classList.remove("over");
  const items = [...event.dataTransfer.items].filter((item) => item.kind === "file");
  const files = items.map((item) => item.webkitGetAsEntry?.() ?? item.getAsFile()); // at once: the items do not last
  const found = await Promise.all(files.map((one) => (one instanceof File ? [{ file: one, name: one.name }] : readEntry(one))));
  add(found.flat());
}

// ---------------------------------------------------------------- one after the other

function readOn() {
  while (underWay < AT_ONCE && waiting.length > 0) readFile(waiting.shift());
}

async function readFile({ number, name, file }) {
  const before = generation;
  underWay++;
  const answer = await ask(name, file);
  if (generation !== before) return; // the table was cleared meanwhile
  underWay--;
  done++;
  if (answer.error) failed++;
  addRow({
    number,
    file: name,
    text: answer.text ?? "",
    read: answer.text ?? "",
    lowest_confidence: answer.lowest_confidence ?? null,
    percent: answer.percent ?? "–",
    error: answer.error ?? "",
    predictions: answer.predictions,
    note: answer.note,
    picture: answer.picture,
  });
  showProgress();
  readOn();
}

async function ask(name, file) {
  if (file.size > props.max_size) {
    const rounded = Math.ceil(file.size / 1e5) / 10; // MB; not "20.0 MB, at most 20"
    const size = rounded.toLocaleString(navigator.language, { minimumFractionDigits: 1 });
    return { error: fill(words.too_large, { name, size, limit: props.max_size / 1e6 }) };
  }
  try {
    // a file that was changed or taken away since it was chosen cannot be sent
    return (await server.read_one({ binary: true, data: { file } })) ?? { error: words.not_sent };
  } catch {
    return { error: words.not_sent };
  }
}

function cancel() {
  waiting = [];
  showProgress();
}

function showProgress() {
  const isReading = waiting.length + underWay > 0;
  const bar = find("progress");
  [bar.value, bar.max] = [done, Math.max(total, 1)];
  progress.hidden = total === 0;
  bar.hidden = find("[data-do=cancel]").hidden = !isReading;
  const text = isReading ? words.progress : done < total ? words.canceled : words.done;
  const status = find(".progress span");
  status.ariaLive = isReading ? "off" : "polite"; // only the end is told to who listens
  const counts = { done: isReading ? done : done - failed, total, failed };
  status.textContent = fill(text + (isReading || failed === 0 ? "" : words.failed), counts);
  table.hidden = actions.hidden = rows.length === 0;
  box.classList.toggle("small", rows.length > 0);
}

// ---------------------------------------------------------------- the table

const doubt = (row) => row.lowest_confidence ?? -1; // what could not be read is the first to be looked at
const isBefore = (a, b) => (doubtfulFirst && doubt(a) !== doubt(b) ? doubt(a) < doubt(b) : a.number < b.number);
const compare = (a, b) => (isBefore(a, b) ? -1 : 1);

function make(tag, properties, ...children) {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
}

function addRow(row) {
  row.tr = make("tr", {}, makePicture(row), make("td", { className: "file" }, row.file), makeText(row), makeConfidence(row));
  const next = rows.filter((other) => isBefore(row, other)).sort(compare)[0];
  body.insertBefore(row.tr, next?.tr ?? null);
  rows.push(row);
  isUnsaved = true;
}

function makePicture({ picture, file }) {
  const cell = make("td", { className: "picture" });
  if (!picture) return cell;
  const button = make("button", { type: "button" }, make("img", { src: picture, alt: "", draggable: false }));
  button.setAttribute("aria-label", fill(words.enlarge, { file }));
  button.addEventListener("click", () => cell.parentElement.classList.toggle("large"));
  cell.append(button);
  return cell;
}

function makeText(row) {
  const field = make("textarea", { value: row.text, rows: 1, spellcheck: false });
  field.setAttribute("aria-label", fill(words.text_of, row));
  // what grows with its text in all browsers, whatever wraps, is a cell of a grid that has the text, too
  const grown = make("div", { className: "grown" }, field);
  grown.dataset.text = field.value;
  field.addEventListener("input", () => {
    isUnsaved = true;
    grown.dataset.text = field.value;
    row.text = field.value.trim();
    row.corrected = row.text !== row.read;
    field.classList.toggle("fixed", row.corrected);
    field.title = row.corrected ? words.fixed : "";
  });
  const cell = make("td", { className: "text" }, grown);
  if (row.error || row.note) cell.append(make("p", { className: row.error ? "error" : "note" }, row.error || row.note));
  return cell;
}

function makeConfidence({ lowest_confidence: lowest, percent }) {
  const cell = make("td", { className: "confidence" }, percent);
  cell.dataset.name = words.confidence;
  cell.classList.toggle("doubtful", lowest !== null && lowest < DOUBTFUL);
  return cell;
}

function sort() {
  doubtfulFirst = !doubtfulFirst;
  find("[data-do=sort]").setAttribute("aria-pressed", doubtfulFirst);
  body.append(...[...rows].sort(compare).map((row) => row.tr));
}

function clear() {
  if (isUnsaved && rows.some(({ corrected }) => corrected) && !confirm(words.clear_corrected)) return;
  generation++;
  waiting = [];
  rows = [];
  underWay = total = done = failed = 0;
  isUnsaved = false;
  body.replaceChildren();
  say("");
  showProgress();
}

// ---------------------------------------------------------------- downloads

const inOrder = () => [...rows].sort((a, b) => a.number - b.number);

function download(name, type, ...content) {
  const url = URL.createObjectURL(new Blob(content, { type }));
  make("a", { href: url, download: name }).click();
  isUnsaved = false;
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

async function downloadCsv() {
  const asked = inOrder().map(({ file, text, lowest_confidence, error }) => ({ file, text, lowest_confidence, error }));
  const answer = await server.write_table({ rows: asked, decimal: DECIMAL });
  if (answer?.csv === undefined) return say(answer?.error ?? words.not_written);
  download("digits.csv", "text/csv", "\ufeff", answer.csv); // with the mark by which Excel knows UTF-8
}

function downloadJson() {
  const lines = inOrder().map(({ file, text, error, predictions, corrected }) => {
    if (error && !text) return JSON.stringify({ file, error });
    return JSON.stringify({ file, text, ...(corrected && { corrected }), ...(error ? { error } : { predictions }) });
  });
  download("digits.json", "application/json", `[\n${lines.join(",\n")}\n]\n`);
}

// ---------------------------------------------------------------- what a person does

const deeds = { cancel, sort, clear, csv: downloadCsv, json: downloadJson };
element.addEventListener("click", (event) => deeds[event.target.closest("[data-do]")?.dataset.do]?.());
element.addEventListener("change", ({ target }) => {
  const files = [...(target.files ?? [])];
  if (target.dataset.source === "files") add(files.map((file) => ({ file, name: file.name })));
  if (target.dataset.source === "folder") addFolder(files);
  if (target.type === "file") target.value = ""; // the same may be chosen again
});
document.addEventListener("dragover", dragOver);
document.addEventListener("dragleave", dragLeave);
document.addEventListener("drop", drop);
document.addEventListener("paste", (event) => {
  const files = [...(event.clipboardData?.files ?? [])];
  if (element.offsetParent && files.length > 0) add(files.map((file) => ({ file, name: file.name })));
});
window.addEventListener("languagechange", (event) => {
  if (rows.length === 0) return;
  isLeaving = confirm(words.lose);
  if (!isLeaving) event.preventDefault();
});
window.addEventListener("beforeunload", (event) => {
  if (rows.length > 0 && isUnsaved && !isLeaving) event.preventDefault(); // the browser asks
});
find("[data-source=files]").accept = ["image/*", ...props.suffixes].join();
find("[data-source=folder]").parentElement.hidden = !("webkitdirectory" in HTMLInputElement.prototype);
