// Keeps the page alive while the server is away: what cannot be sent waits, a banner says so, and all goes on by itself
// when the server is back. Gradio would stop listening and load the page anew, without what is on it.
// Gradio runs this once when the component is on the page; `props` is its argument.

const LOOK_AGAIN = 1500; // ms between two looks for a server that is away
const PATIENCE = 6000; // ms without an answer until the server is looked for, and for which it may think about that
const CONNECTED = 2500; // ms for which it is said that the server is back
const PROBLEM = 8000; // ms for which it is said what went wrong
const AWAY = [404, 502, 503, 504]; // what a proxy or a tunnel answers, with a page of its own, where the app is away

const [lost, back] = [props.lost, props.back].map((words) => words[navigator.language] ?? words.en);
const send = window.fetch.bind(window);
const { root, api_prefix: prefix } = window.gradio_config;
const api = new URL(`${root}${prefix}/`, location.href);
// Gradio does the same: behind a proxy its server may not know by which protocol and port the page was loaded
if (api.hostname === location.hostname) [api.protocol, api.port] = [location.protocol, location.port];

let known = window.gradio_config.app_id; // each start of the app has another one
let returning = null; // while it is away: a promise that it is back

const pause = (ms) => new Promise((done) => setTimeout(done, ms));

const banner = Object.assign(document.createElement("p"), { className: "connection", hidden: true });
banner.setAttribute("role", "status");
(document.querySelector("main") ?? document.body).append(banner);

function say(text, isLost) {
  banner.textContent = text;
  banner.hidden = text === "";
  banner.classList.toggle("lost", isLost);
}

function sayFor(ms, text, isLost) {
  say(text, isLost);
  setTimeout(() => banner.textContent === text && say("", false), ms);
}

// ---------------------------------------------------------------- the server

// Whether the app answers, be it under its old id or a new one
async function isThere() {
  try {
    const answer = await send(new URL("app_id", api), { cache: "no-store", signal: AbortSignal.timeout(PATIENCE) });
    const { app_id: id } = await answer.json();
    if (id === undefined) return false;
    if (id !== known) await meet(id);
    return true;
  } catch {
    return false;
  }
}

// The app was started anew. If its page is the same, what is open here works with it; else, or where it now asks for a
// password, the page is loaded anew: the sketchpad remembers its drawing.
async function meet(id) {
  const answer = await send(new URL("../config", api), { cache: "no-store" });
  const config = answer.ok ? await answer.json() : {};
  const shape = ({ version, dependencies }) => JSON.stringify([version, dependencies]);
  if (shape(config) !== shape(window.gradio_config)) {
    location.reload();
    await new Promise(() => {}); // until it is
  }
  known = id;
  document.dispatchEvent(new Event("server-renewed"));
}

async function look() {
  say(lost, true);
  do await pause(LOOK_AGAIN);
  while (!(await isThere()));
  returning = null;
  sayFor(CONNECTED, back, false);
}

const waitForServer = () => (returning ??= look());

// ---------------------------------------------------------------- what is sent

// A server that is busy is waited for. What got lost in a dead network would hang for minutes: it is given up when the
// server is back, and sent again.
async function ask(input, options) {
  const given = new AbortController();
  let isDone = false;
  async function watch() {
    do await pause(PATIENCE);
    while (!isDone && (await isThere()));
    if (isDone) return;
    await waitForServer();
    await pause(PATIENCE); // it may have been slow only
    if (!isDone) given.abort();
  }
  if (typeof options.body === "string") watch(); // a large upload may fill a slow line by itself
  try {
    return await send(input, { ...options, signal: given.signal });
  } finally {
    isDone = true;
  }
}

function isFromProxy(response) {
  return AWAY.includes(response.status) && response.headers.get("content-type")?.startsWith("text/html");
}

// Gradio says what went wrong only where the request came through its queue. If the server is a new one, that is why,
// and it is sent again what is shown.
async function explain(response) {
  if (response.status !== 500 || !new URL(response.url).pathname.endsWith("/run/predict")) return response;
  const before = known;
  if (!(await isThere()) || known !== before) return response;
  const { error } = await response.clone().json().catch(() => ({}));
  if (error) sayFor(PROBLEM, error, true);
  return response;
}

async function sendPatiently(input, options) {
  for (let failures = 0; ; ) {
    let response = null;
    let problem = null;
    try {
      response = await ask(input, options);
      if (!isFromProxy(response)) return await explain(response);
    } catch (caught) {
      problem = caught;
    }
    if (!(await isThere())) {
      await waitForServer();
      failures = 0;
    } else if (++failures > 1) {
      if (problem) throw problem; // it is not the connection: a file that is no longer there, say
      return response;
    }
  }
}

window.fetch = (input, options) => {
  const isOurs = !(input instanceof Request) && new URL(input, location.href).href.startsWith(api.href);
  if (!isOurs || options?.method !== "POST" || options.signal) return send(input, options);
  return sendPatiently(input, options);
};

window.addEventListener("offline", async () => (await isThere()) || waitForServer()); // it may be on this computer
