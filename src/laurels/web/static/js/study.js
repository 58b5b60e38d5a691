// A chat with documents: answers as they are written. Without this file they are there once they are finished.
const RETRY_MS = 2_000;
const SAY_FROM = 160; // characters that are worth reading out at once

const asks = new Map(); // streams by the id of what they fill
const stumbles = new Map(); // how often a stream ended without its answer, by its address
const spoken = document.getElementById("spoken");
const calm = matchMedia("(prefers-reduced-motion: reduce)");
const typing = matchMedia("(pointer: fine)");

const composer = () => document.querySelector("#composer textarea");

// Read out: whole sentences, a few at a time, without the signs of Markdown. Each goes into a line of its own, which is said once.
function speak(text) {
  const words = text.replace(/[*_`#>|~]+/g, "").trim();
  if (!words || !spoken) return;
  const line = document.createElement("p");
  line.textContent = words;
  spoken.append(line);
  while (spoken.childElementCount > 20) spoken.firstElementChild.remove();
}

class Speaker {
  constructor() { this.waiting = ""; }
  add(text) {
    this.waiting += text;
    const end = Math.max(...[". ", "! ", "? ", "\n", "。"].map((mark) => this.waiting.lastIndexOf(mark)));
    if (end < SAY_FROM) return;
    speak(this.waiting.slice(0, end + 1));
    this.waiting = this.waiting.slice(end + 1);
  }
  finish() { speak(this.waiting); this.waiting = ""; }
}

// Where the form that stays in sight begins: what is written beyond is hidden by it.
function lineOfSight() {
  return (document.getElementById("composer")?.getBoundingClientRect().top ?? innerHeight) - 16;
}

// The page goes along with what is written, as long as its end was in sight.
function writeInSight(part, write) {
  const end = () => part.parentElement.querySelector("[data-words]").getBoundingClientRect().bottom;
  const wasSeen = part.getBoundingClientRect().bottom <= lineOfSight();
  write();
  const beyond = end() - lineOfSight();
  if (wasSeen && beyond > 0) scrollBy({ top: beyond, behavior: "instant" });
}

// The passages that an answer is made from, before its first word.
function showSources(reply, sources) {
  const box = reply.querySelector("[data-found]");
  if (!box) return;
  const cards = sources.filter((one) => one.filename).map((one) => {
    const card = document.getElementById("source-card").content.cloneNode(true);
    const link = card.querySelector("a");
    const page = card.querySelector(".page-no");
    const place = new URLSearchParams({ from: one.start, to: one.end });
    link.href = `/study/documents/${encodeURIComponent(one.document_id)}/pages/${encodeURIComponent(one.page)}?${place}`;
    card.querySelector(".cite").textContent = one.number;
    card.querySelector(".name").textContent = one.filename;
    page.textContent = page.dataset.page.replace("{page}", one.page);
    card.querySelector("blockquote").textContent = one.text ?? "";
    return card;
  });
  box.querySelector("ol").replaceChildren(...cards);
  box.hidden = cards.length === 0;
}

// An answer's stream: all of it from the beginning, whenever one comes; so a lost connection only begins it anew.
function follow(reply) {
  const path = reply.dataset.stream;
  if (asks.has(reply.id)) return;
  const words = reply.querySelector("[data-words]");
  const waits = reply.querySelector("[data-waits]");
  const text = document.createTextNode("");
  const speaker = new Speaker();
  const stream = new EventSource(path);
  let said = 0;
  let came = 0;
  asks.set(reply.id, stream);
  words.replaceChildren(text);

  const finish = () => {
    stream.close();
    asks.delete(reply.id);
    speaker.finish();
    reply.dispatchEvent(new CustomEvent("finished"));
  };
  stream.addEventListener("open", () => { text.data = ""; came = 0; });
  stream.addEventListener("sources", (event) => showSources(reply, JSON.parse(event.data).sources));
  stream.addEventListener("delta", (event) => {
    const piece = JSON.parse(event.data).text;
    writeInSight(waits.hidden ? words : waits, () => {
      waits.hidden = true;
      words.hidden = false;
      text.appendData(piece);
    });
    came += piece.length;
    if (came > said) { speaker.add(piece.slice(-(came - said))); said = came; }
  });
  stream.addEventListener("done", () => { stumbles.delete(path); finish(); });
  stream.addEventListener("error", (event) => {
    if (event.data !== undefined) { finish(); return; } // the server's own word: the page says why
    if (stream.readyState !== EventSource.CLOSED) return; // lost, and on its way back
    const times = (stumbles.get(path) ?? 0) + 1;
    stumbles.set(path, times);
    stream.close();
    setTimeout(finish, RETRY_MS * times);
  });
}

function followAll() {
  for (const [id, stream] of asks) {
    if (document.querySelector(`#${CSS.escape(id)}[data-stream]`)) continue;
    stream.close();
    asks.delete(id);
  }
  for (const reply of document.querySelectorAll("[data-stream]")) follow(reply);
}

// What a script put in place: an answer that is there at once is read out; a new question is gone to.
document.addEventListener("htmx:after:swap", () => {
  followAll();
  for (const reply of document.querySelectorAll("[data-fresh]")) {
    reply.removeAttribute("data-fresh");
    speak(reply.querySelector(".md")?.textContent ?? "");
    reply.closest(".turn").scrollIntoView({ block: "start", behavior: calm.matches ? "instant" : "smooth" });
  }
  if (document.activeElement === document.body && typing.matches) composer()?.focus({ preventScroll: true });
});

document.addEventListener("keydown", (event) => {
  const field = event.target.closest?.("[data-sends]");
  if (!field || event.key !== "Enter" || event.shiftKey || event.isComposing || !typing.matches) return;
  event.preventDefault();
  if (field.value.trim()) field.form.requestSubmit();
});

addEventListener("pagehide", () => { for (const stream of asks.values()) stream.close(); });
followAll();
if (!location.hash && document.querySelector("#talk > .turn")) scrollTo({ top: root.scrollHeight, behavior: "instant" });
