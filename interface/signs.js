// A click on a digit of the answer in, `props.value = {sign, clicks}` and an `input` event out; a click on its copy
// button puts the number on the clipboard. The answer is an HTML that Python renders anew: listening to it all is left
// to the page. Gradio runs this once when the component is on the page; `props` and `trigger` are its arguments.

const COPIED = 1500; // ms for which the button says so
let clicks = 0; // the same digit may be chosen twice

async function copy(button) {
  const { copy: text } = button.dataset;
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    // without https browsers have no clipboard for pages, but obey a selection
    const area = Object.assign(document.createElement("textarea"), { value: text });
    document.body.append(area);
    area.select();
    document.execCommand("copy");
    area.remove();
  }
  const before = button.textContent;
  button.textContent = props.copied;
  setTimeout(() => (button.textContent = before), COPIED);
}

document.addEventListener("click", (event) => {
  const answer = document.getElementById(props.answer);
  const button = event.target.closest?.("[data-sign], [data-copy]");
  if (!button || !answer?.contains(button)) return;
  if (button.dataset.copy !== undefined) return void copy(button);
  props.value = { sign: Number(button.dataset.sign), clicks: ++clicks };
  trigger("input");
});
