// Changes of the answer and of the strip of steps in, `props.value = {sign, count}` and an `input` event out, while the
// fold is open and the pen rests.
// Gradio runs this once when the component is on the page; `props` and `trigger` are its arguments.

const REST = 120; // ms without a change: by then the bars are drawn
let answer = null; // these come onto the page a little later than this, at times
let steps = null;
let fold = null;
let timer = null;
let told = null; // what was shown when it was told last
let count = 0;

const chosenModel = () => document.getElementById(props.model)?.querySelector("input:checked");

function tell() {
  const isOpen = fold.querySelector(".label-wrap.open") !== null;
  fold.querySelector(".label-wrap").setAttribute("aria-expanded", isOpen); // Gradio's accordion does not say it
  if (!isOpen || answer.querySelector(".live")) return;
  const sign = Number(answer.querySelector('[data-sign][aria-pressed="true"]')?.dataset.sign ?? 0);
  // Gradio also touches the answer when a request begins; and two drawings may have the same answer in words
  const words = [...answer.querySelectorAll("[role=status]")].map((part) => part.textContent);
  const pictures = [...steps.querySelectorAll("img")].map((picture) => picture.src);
  const shown = [sign, chosenModel()?.value, ...words, ...pictures].join();
  if (shown === told) return;
  told = shown;
  props.value = { sign, count: ++count };
  trigger("input");
}

function tellSoon() {
  clearTimeout(timer);
  timer = setTimeout(tell, REST);
}

function listen() {
  [answer, steps, fold] = [props.answer, props.steps, props.fold].map((id) => document.getElementById(id));
  if (!answer || !steps || !fold) return void requestAnimationFrame(listen);
  const observer = new MutationObserver(tellSoon);
  for (const part of [answer, steps]) observer.observe(part, { childList: true, subtree: true, attributes: true });
  fold.addEventListener("click", tellSoon);
  document.addEventListener("change", (event) => event.target === chosenModel() && tellSoon());
  tell();
}

listen();
