// Pen strokes in, `props.value = {width, height, strokes, live}` and an `input` event out.
// Gradio runs this once when the component is on the page; `element`, `props` and `trigger` are its arguments.

const HEIGHT = 400; // units of the canvas, whatever its size on the screen
const WIDTHS = { square: 400, wide: 960 }; // units; sketchpad.css has their aspect ratios
const FORMAT = "sketchpad-format"; // where the browser remembers it
const DRAWING = "sketchpad-drawing"; // where this tab of the browser keeps it: a phone may close and load it as it likes
const NEAR = 1; // units; a point nearer than this to the last one adds nothing
const LIVE_INTERVAL = 80; // ms between two readings while the pen moves: 12 a second
const PEN_STEP = 4; // units a key press

const words = props.words[navigator.language] ?? props.words.en;
const pad = element.querySelector(".pad");
const canvas = element.querySelector("canvas");
const hint = element.querySelector(".hint");
const undoButton = element.querySelector("[data-tool=undo]");
const clearButton = element.querySelector("[data-tool=clear]");
const wideButton = element.querySelector("[data-tool=wide]");
const penSlider = element.querySelector("[data-tool=pen]");
const context = canvas.getContext("2d");

let format = "square";
let strokes = []; // {pen, points: [[x, y], ...]}
let past = []; // the strokes before each step, for Undo: Clear can be undone, too
let active = null; // the pointer that draws; a second finger or a palm is ignored
let liveTimer = null;
let frame = null;

// ---------------------------------------------------------------- the picture

function paint() {
  frame = null;
  context.setTransform(canvas.width / WIDTHS[format], 0, 0, canvas.height / HEIGHT, 0, 0);
  context.clearRect(0, 0, WIDTHS[format], HEIGHT);
  context.strokeStyle = context.fillStyle = getComputedStyle(canvas).color;
  context.lineCap = context.lineJoin = "round";
  for (const stroke of strokes) paintStroke(context, stroke);
  hint.hidden = strokes.length > 0;
  undoButton.disabled = past.length === 0;
  clearButton.disabled = strokes.length === 0;
}

function paintStroke(to, { pen, points }) {
  const [first, ...rest] = points;
  to.lineWidth = pen;
  to.beginPath();
  to.moveTo(...first);
  if (rest.length === 0) to.lineTo(first[0] + 0.01, first[1]); // a dot: two round caps, which a line of length 0 lacks
  // curves through the middles between the points, with the points as handles, leave no corners
  for (let i = 0; i < rest.length - 1; i++) {
    const [x, y] = rest[i];
    const [nextX, nextY] = rest[i + 1];
    to.quadraticCurveTo(x, y, (x + nextX) / 2, (y + nextY) / 2);
  }
  if (rest.length > 0) to.lineTo(...rest[rest.length - 1]);
  to.stroke();
}

function schedulePaint() {
  frame ??= requestAnimationFrame(paint);
}

function fitToScreen() {
  const ratio = window.devicePixelRatio || 1;
  const [width, height] = [canvas.clientWidth, canvas.clientHeight].map((side) => Math.round(side * ratio));
  // hidden in a tab that is not shown, or as it was; a new canvas is 300 x 150
  if (width === 0 || (width === canvas.width && height === canvas.height)) return;
  [canvas.width, canvas.height] = [width, height];
  paint();
}

// ---------------------------------------------------------------- what is sent

function send(live) {
  clearTimeout(liveTimer);
  liveTimer = null;
  props.value = { width: WIDTHS[format], height: HEIGHT, strokes: strokes.map((stroke) => stroke.points), live };
  trigger("input");
  if (!live) remember(sessionStorage, DRAWING, JSON.stringify({ format, strokes }));
}

function sendSoon() {
  liveTimer ??= setTimeout(() => send(true), LIVE_INTERVAL);
}

// ---------------------------------------------------------------- what is kept

function remember(storage, name, text) {
  try {
    storage.setItem(name, text);
  } catch {
    // a browser that remembers nothing, or not so much
  }
}

function recall(storage, name) {
  try {
    return storage.getItem(name);
  } catch {
    return null;
  }
}

// A page that was loaded anew, by a person or by the phone, goes on with its drawing
function restore() {
  const kept = JSON.parse(recall(sessionStorage, DRAWING) ?? "{}");
  if (!kept.strokes?.length) return showFormat(recall(localStorage, FORMAT) === "wide" ? "wide" : "square");
  strokes = kept.strokes;
  past = kept.past ?? [[]];
  showFormat(kept.format);
  send(false);
}

// ---------------------------------------------------------------- the pen

function toPoint(event) {
  const { left, top, width, height } = canvas.getBoundingClientRect();
  const round = (value) => Math.round(value * 10) / 10;
  return [round(((event.clientX - left) / width) * WIDTHS[format]), round(((event.clientY - top) / height) * HEIGHT)];
}

function startStroke(event) {
  if (active !== null || event.button !== 0) return;
  event.preventDefault(); // no selection, no drag
  document.activeElement?.blur(); // the pen takes the keyboard with it: shortcuts work after a look at the slider
  active = event.pointerId;
  canvas.setPointerCapture(active);
  past.push(strokes);
  strokes = [...strokes, { pen: Number(penSlider.value), points: [toPoint(event)] }];
  schedulePaint();
  sendSoon();
}

function extendStroke(event) {
  if (event.pointerId !== active) return;
  const { points } = strokes[strokes.length - 1];
  const moves = event.getCoalescedEvents?.() ?? [];
  for (const move of moves.length > 0 ? moves : [event]) {
    const point = toPoint(move);
    const last = points[points.length - 1];
    if (Math.hypot(point[0] - last[0], point[1] - last[1]) >= NEAR) points.push(point);
  }
  schedulePaint();
  sendSoon();
}

function endStroke(event) {
  if (event.pointerId !== active) return;
  active = null;
  schedulePaint();
  send(false);
}

canvas.addEventListener("pointerdown", startStroke);
canvas.addEventListener("pointermove", extendStroke);
canvas.addEventListener("pointerup", endStroke);
canvas.addEventListener("pointercancel", endStroke); // the system took the pen away: what is drawn stays
canvas.addEventListener("touchstart", (event) => event.preventDefault(), { passive: false }); // older Safari scrolls

// ---------------------------------------------------------------- the tools

function setStrokes(next) {
  if (active !== null) return; // not under the moving pen
  past.push(strokes);
  strokes = next;
  schedulePaint();
  send(false);
}

function undo() {
  if (active !== null || past.length === 0) return;
  strokes = past.pop();
  schedulePaint();
  send(false);
}

function clear() {
  if (strokes.length > 0) setStrokes([]);
}

function changePen(step) {
  penSlider.value = Number(penSlider.value) + step; // the slider keeps to its limits
}

// What is drawn, and all that Undo may bring back, keeps its place around the middle, and becomes smaller where it would
// not be whole: one change for all of it, so that Undo takes back strokes and moves nothing.
function changeFormat(next) {
  if (active !== null || next === format) return;
  const shift = (WIDTHS[next] - WIDTHS[format]) / 2;
  const all = [...past, strokes].flat();
  const edges = all.flatMap(({ pen, points }) => points.flatMap(([x]) => [x + shift - pen / 2, x + shift + pen / 2]));
  const [left, right] = edges.reduce(([low, high], x) => [Math.min(low, x), Math.max(high, x)], [WIDTHS[next], 0]);
  const scale = Math.min(1, WIDTHS[next] / (right - left));
  // beyond an edge: moved in; too wide for both: in the middle
  const move = right - left > WIDTHS[next] ? (WIDTHS[next] - (left + right) * scale) / 2
    : Math.max(0, -left) - Math.max(0, right - WIDTHS[next]);
  const toNext = ([x, y]) => [(x + shift) * scale + move, (y - HEIGHT / 2) * scale + HEIGHT / 2];
  const moved = new Map(all.map((stroke) => [stroke, { pen: stroke.pen * scale, points: stroke.points.map(toNext) }]));
  past = past.map((step) => step.map((stroke) => moved.get(stroke)));
  strokes = strokes.map((stroke) => moved.get(stroke));
  showFormat(next);
  if (strokes.length > 0) send(false);
}

function showFormat(next) {
  format = next;
  pad.classList.toggle("wide", format === "wide");
  wideButton.setAttribute("aria-pressed", format === "wide");
  fitToScreen();
  schedulePaint();
}

wideButton.addEventListener("click", () => {
  changeFormat(format === "wide" ? "square" : "wide");
  remember(localStorage, FORMAT, format);
});

undoButton.addEventListener("click", undo);
clearButton.addEventListener("click", clear);

function onKey(event) {
  if (canvas.offsetParent === null) return; // another tab is shown
  const at = event.target;
  if (at.isContentEditable || ["INPUT", "TEXTAREA", "SELECT"].includes(at.tagName) && at !== penSlider) return;
  const key = event.key.toLowerCase();
  if ((event.ctrlKey || event.metaKey) && !event.shiftKey && !event.altKey && key === "z") undo();
  else if (event.ctrlKey || event.metaKey || event.altKey) return;
  else if (key === "delete" || key === "backspace") clear();
  else if (key === "[") changePen(-PEN_STEP);
  else if (key === "]") changePen(PEN_STEP);
  else return;
  event.preventDefault();
}

document.addEventListener("keydown", onKey);

// ---------------------------------------------------------------- the examples

const group = element.querySelector(".examples");
group.hidden = props.examples.length === 0;
for (const { name, drawing } of props.examples) {
  const button = document.createElement("button");
  button.type = "button";
  button.setAttribute("aria-label", words.example.replace("{name}", name));
  button.title = name;
  const pen = Math.max(drawing.width, drawing.height) / 16;
  const paths = drawing.strokes.map((points) => `<polyline points="${points.map((p) => p.join()).join(" ")}" />`);
  button.innerHTML = `<svg viewBox="0 0 ${drawing.width} ${drawing.height}" stroke-width="${pen}">${paths.join("")}</svg>`;
  button.addEventListener("click", () => {
    const scale = HEIGHT / Math.max(drawing.width, drawing.height);
    const left = (WIDTHS[format] - drawing.width * scale) / 2;
    const toPoint = ([x, y]) => [left + x * scale, y * scale];
    const toPad = (points) => ({ pen: Number(penSlider.value), points: points.map(toPoint) });
    setStrokes(drawing.strokes.map(toPad));
  });
  group.append(button);
}

// The page is loaded anew in another language, and Undo is to bring back then, too, what it could before.
window.addEventListener("languagechange", () => {
  remember(sessionStorage, DRAWING, JSON.stringify({ format, strokes, past }));
});

new ResizeObserver(fitToScreen).observe(canvas);
new MutationObserver(schedulePaint).observe(document.body, { attributeFilter: ["class"] }); // light and dark
document.addEventListener("server-renewed", () => {
  if (strokes.length > 0 && canvas.offsetParent !== null && active === null) send(false); // it has forgotten the drawing
});
restore();
