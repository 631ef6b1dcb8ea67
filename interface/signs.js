// Clicks and keys on the answer in, `props.value = {sign, fix, count}` and an `input` event out; a click on its copy
// button puts the number on the clipboard. The answer is an HTML that Python renders anew with each choice: listening
// to it all is left to the page, and the focus is put back to where it was.
// Gradio runs this once when the component is on the page; `props` and `trigger` are its arguments.

const COPIED = 1500; // ms for which the button says so
let answer = null; // comes onto the page a little later than this, at times
let count = 0; // the same may be chosen twice
let focused = null; // selector of what has the focus within the answer, to be found again when it is rendered anew

function tell(sign, fix = null) {
  props.value = { sign, fix, count: ++count };
  trigger("input");
}

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
    button.focus();
  }
  const before = button.textContent;
  button.textContent = props.copied[navigator.language] ?? props.copied.en;
  setTimeout(() => (button.textContent = before), COPIED);
}

const findMenu = () => answer.querySelector("details.fix");

function closeMenu() {
  if (findMenu()?.open) findMenu().open = false;
}

// ---------------------------------------------------------------- clicks

function onClick(event) {
  const menu = findMenu();
  if (!menu?.contains(event.target)) closeMenu();
  const button = event.target.closest?.("[data-sign], [data-fix], [data-copy]");
  if (!button || !answer.contains(button)) return;
  if (button.dataset.copy !== undefined) return void copy(button);
  if (button.dataset.fix === undefined) {
    button.focus(); // Safari does not: then the keys would not come here
    return tell(Number(button.dataset.sign));
  }
  const sign = Number(menu.dataset.selected);
  closeMenu();
  const place = answer.querySelector(`.digits [data-sign="${sign}"]`) ?? menu.querySelector("summary");
  place.focus();
  tell(sign, button.dataset.fix);
}

// ---------------------------------------------------------------- keys

function onKey(event) {
  const menu = findMenu();
  if (!menu || !answer.contains(event.target) || event.ctrlKey || event.metaKey || event.altKey) return;
  const sign = Number(event.target.dataset.sign ?? menu.dataset.selected); // the answer to a click may be on its way
  const signs = [...answer.querySelectorAll(".digits [data-sign]")];
  const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
  if (/^[0-9]$/.test(event.key)) tell(sign, event.key);
  else if (["Delete", "Backspace"].includes(event.key) && signs.length > 0) tell(sign, "remove");
  else if (event.key === "Escape" && menu.open) {
    closeMenu();
    menu.querySelector("summary").focus();
  } else if (step && event.target.dataset.sign !== undefined) {
    const next = signs[sign + step];
    if (!next) return;
    next.focus();
    tell(Number(next.dataset.sign));
  } else return;
  event.preventDefault();
  event.stopPropagation(); // on the sketchpad Delete is Clear
}

// ---------------------------------------------------------------- the focus

function remember(event) {
  const { sign } = event.target.dataset;
  const parent = event.target.closest(".overlay") ? ".overlay" : ".digits";
  if (sign !== undefined) focused = `${parent} [data-sign="${sign}"]`;
  else focused = event.target.matches("summary") ? "summary" : event.target.matches("[data-copy]") ? "[data-copy]" : null;
}

function forget(event) {
  // what is rendered anew loses the focus, too, but by then it is no longer on the page
  setTimeout(() => {
    if (event.target.isConnected && !answer.contains(document.activeElement)) focused = null;
  });
}

function focusAgain() {
  if (focused && !answer.contains(document.activeElement)) answer.querySelector(focused)?.focus({ preventScroll: true });
}

function listen() {
  answer = document.getElementById(props.answer);
  if (!answer) return void requestAnimationFrame(listen);
  answer.addEventListener("focusin", remember);
  answer.addEventListener("focusout", forget);
  new MutationObserver(focusAgain).observe(answer, { childList: true, subtree: true });
  document.addEventListener("click", onClick);
  document.addEventListener("keydown", onKey, true); // before the sketchpad's
}

listen();
