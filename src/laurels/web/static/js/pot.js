// The pot, live: what is told to all is written here; what is one's own is fetched. Everything works without this file too.
const numbers = new Intl.NumberFormat(root.lang || "en");
const ASK_AGAIN_MS = 2_000;
let known = { round: 0, messages: 0 };
let asked = 0;

const live = document.getElementById("live");
const pot = () => document.getElementById("pot");

// A client seed of the browser's own, unless its owner typed one.
function drawSeeds() {
  for (const field of document.querySelectorAll("input[data-random]")) {
    const bytes = crypto.getRandomValues(new Uint8Array(8));
    field.value = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
    delete field.dataset.random;
  }
}

function note() {
  const card = pot();
  if (card) known = { round: Number(card.dataset.round), messages: Number(card.dataset.messages) };
}

// At most once in a while: many may send at once, and each may move the price.
function askAgain() {
  if (asked) return;
  asked = setTimeout(() => { asked = 0; live.dispatchEvent(new CustomEvent("pot.stale")); }, known.waits ? ASK_AGAIN_MS : 0);
  known.waits = true;
}

function write(part, text) {
  if (!part || part.textContent === text) return;
  part.textContent = text;
  part.classList.remove("bump");
  void part.offsetWidth; // so that the animation begins anew
  part.classList.add("bump");
}

live?.addEventListener("pot.changed", (event) => {
  const told = JSON.parse(event.detail.data);
  const card = pot();
  if (!card || told.round < known.round || (told.round === known.round && told.messages < known.messages)) return; // of before
  const isNew = told.round !== known.round;
  known = { ...known, round: told.round, messages: told.messages };
  write(card.querySelector("[data-pot]"), numbers.format(told.pot));
  write(card.querySelector("[data-count]"), numbers.format(told.messages));
  if (isNew || "moves" in card.dataset) askAgain();
});

live?.addEventListener("pot.won", (event) => {
  const told = JSON.parse(event.detail.data);
  askAgain();
  if (told.member === memberId) return; // their own page celebrates
  const { won, nobody } = pot().dataset;
  say(won.replace("{prize}", numbers.format(told.prize)).replace("{name}", () => told.name ?? nobody)); // a name may hold "$&"
});

document.addEventListener("htmx:after:swap", () => { drawSeeds(); note(); });
drawSeeds();
note();
document.querySelector("[data-win]")?.focus();
