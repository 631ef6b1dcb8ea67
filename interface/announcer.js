// Changes of the answer in; the settled answer, said once for each time that the pen lifts, out: in a region of the page
// that screen readers listen to. The answer itself changes many times a second under the pen, and would be read each time.
// Gradio runs this once when the component is on the page; `props` is its argument.

const REST = 250; // ms without a change: by then the answer of the moving pen has given way to the settled one
let answer = null; // these come onto the page a little later than this, at times
let steps = null;
let timer = null;
let told = null; // what was shown when it was told last

const region = Object.assign(document.createElement("p"), { className: "spoken", id: "announcement" });
region.setAttribute("role", "status");

const read = (element) => element.textContent.trim();

// "2074, 1 of 4: Almost certainly a 2, 99.0 %"; of several models each after its name
function wordsOf(part) {
  const name = part.closest("section")?.querySelector("h3");
  const words = (part.children.length > 0 ? [...part.children].map(read) : [read(part)]).join(", ");
  return name ? `${read(name)}: ${words}` : words;
}

function tell() {
  if (answer.querySelector(".live")) return;
  const words = [...answer.querySelectorAll("[role=status]")].map(wordsOf).join(". ");
  // two drawings may have the same answer in words
  const shown = [words, ...[...steps.querySelectorAll("img")].map((picture) => picture.src)].join();
  if (shown === told) return;
  const isFirst = told === null; // the page as it is loaded is read anyhow
  told = shown;
  if (isFirst) return;
  region.textContent = region.textContent === words ? `${words}\u00a0` : words; // the same words again are a change, too
}

function tellSoon() {
  clearTimeout(timer);
  timer = setTimeout(tell, REST);
}

function listen() {
  [answer, steps] = [props.answer, props.steps].map((id) => document.getElementById(id));
  const chart = document.getElementById(props.chart);
  if (!answer || !steps || !chart) return void requestAnimationFrame(listen);
  answer.closest("main").append(region);
  chart.setAttribute("aria-hidden", "true"); // its bars are also a table, with the answer
  const observer = new MutationObserver(tellSoon);
  for (const part of [answer, steps]) observer.observe(part, { childList: true, subtree: true, characterData: true });
  tell();
}

listen();
