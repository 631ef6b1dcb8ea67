// What is known of the links, asked of Python's `server.ask`, into a button and a panel with QR codes. It is asked again
// soon while a link is being made, and now and then on the computer of who has started the app, who has to hear of it
// when the link breaks, and wherever the panel is open; never on a page that is not looked at.
// Gradio runs this once when the component is on the page; `element`, `props` and `server` are its arguments.

const SOON = 1500; // ms to the next question, while a link is being made or has been interrupted
const LATER = 10_000; // ms, on the page of who has started the app, or while the panel is open
const COPIED = 1500; // ms for which the button says so
const words = props.words[navigator.language] ?? props.words.en;
const find = (selector) => element.querySelector(selector);
const [button, panel, spoken] = [".open", "dialog", ".spoken"].map(find);
const isHost = ["localhost", "127.0.0.1", "[::1]"].includes(location.hostname);

let shown = null; // the status that is shown, as text
let timer = null;

const fill = (text, values) => text.replace(/{(\w+)}/g, (_, name) => values[name]);
const say = ({ says, values }) => says.map((key) => fill(words[key], values)).join(" ");

function make(tag, properties, ...children) {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
}

// ---------------------------------------------------------------- what is shown

function makeLink(title, link) {
  const section = make("section", {}, make("h3", {}, words[title]));
  if (link.url) {
    const code = make("div", { className: "qr", innerHTML: link.qr });
    const picture = code.querySelector("svg");
    picture.setAttribute("role", "img");
    picture.setAttribute("aria-label", fill(words.qr, link));
    const address = make("a", { href: link.url, target: "_blank", rel: "noopener" }, link.url);
    const copying = make("button", { type: "button", className: "tool copy" }, words.copy);
    copying.addEventListener("click", () => copy(copying, address));
    section.append(code, address, copying);
  }
  section.append(make("p", { className: "note" }, say(link)));
  return section;
}

function show(status) {
  const text = JSON.stringify(status);
  if (text === shown) return;
  const isNews = shown !== null || ["failed", "broken"].includes(status.public?.state);
  shown = text;
  const hasFailed = ["failed", "broken", "interrupted"].includes(status.public?.state);
  button.textContent = hasFailed ? words.button_failed : words.button;
  button.classList.toggle("failed", hasFailed);
  find(".access").textContent = words[status.access];
  const links = ["public", "lan"].filter((name) => status[name]);
  find(".links").replaceChildren(...links.map((name) => makeLink(name, status[name])));
  if (isNews && status.public) spoken.textContent = [say(status.public), status.public.url].join(" ");
}

async function copy(copying, address) {
  try {
    await navigator.clipboard.writeText(address.href);
  } catch {
    // without https browsers have no clipboard for pages, but obey a selection
    getSelection().selectAllChildren(address);
    document.execCommand("copy");
  }
  copying.textContent = words.copied;
  setTimeout(() => (copying.textContent = words.copy), COPIED);
}

// ---------------------------------------------------------------- when it is asked

async function ask() {
  clearTimeout(timer);
  if (!element.isConnected) return;
  if (document.hidden) return; // asked when it is looked at again
  let status = null;
  try {
    status = await server.ask({});
    if (status) show(status);
  } catch {
    // the app is gone or the network is; what is shown stays
  }
  clearTimeout(timer);
  const isSoon = ["opening", "interrupted"].includes(status?.public?.state);
  const goesOn = status?.public && (isHost || panel.open);
  if (isSoon || goesOn) timer = setTimeout(ask, isSoon ? SOON : LATER);
}

button.addEventListener("click", () => {
  panel.showModal();
  ask();
});
find(".close").addEventListener("click", () => panel.close());
panel.addEventListener("click", ({ target }) => target === panel && panel.close()); // beside it
document.addEventListener("visibilitychange", ask);
ask();
