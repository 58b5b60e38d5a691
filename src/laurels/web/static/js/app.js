// What only a browser can do. Every action on every page works without this file too.
const root = document.documentElement;
const memberId = document.body.dataset.member;

// Parts that are sent to everyone at once carry no form token: add the page's own to what htmx posts.
document.addEventListener("htmx:config:request", (event) => {
  const { request } = event.detail.ctx;
  const token = document.querySelector("meta[name=csrf-token]")?.content;
  if (token && request.method !== "GET") request.body.set("csrf_token", token);
});

// A part sent to everyone may be here already, in the viewer's own form; so may one whose request was sent twice.
document.addEventListener("htmx:before:swap", (event) => {
  for (const task of event.detail.tasks) {
    if (!["afterbegin", "beforeend"].includes(task.swapSpec.style)) continue;
    for (const part of task.fragment.querySelectorAll("[data-once]")) if (document.getElementById(part.id)) part.remove();
  }
});

// Parts that are sent to everyone don't know who is looking: mark what is the viewer's own.
function personalise() {
  for (const button of document.querySelectorAll("[data-copy]")) button.hidden = false;
  if (!memberId) return;
  for (const row of document.querySelectorAll("[data-owner]")) row.classList.toggle("me", row.dataset.owner === memberId);
  for (const part of document.querySelectorAll("[data-not-for]")) part.hidden = part.dataset.notFor === memberId;
}
document.addEventListener("htmx:after:swap", personalise);
personalise();

// "5 minutes ago" goes on ageing while a page stays open.
const relative = new Intl.RelativeTimeFormat(root.lang || "en", { numeric: "auto", style: "short" });
const steps = [["second", 60], ["minute", 60], ["hour", 24], ["day", 30], ["month", 12], ["year", Infinity]];
function ageTimes() {
  for (const time of document.querySelectorAll("time[data-ago]")) {
    let age = (Date.parse(time.dateTime) - Date.now()) / 1000;
    for (const [unit, size] of steps) {
      if (Math.abs(age) < size) { time.textContent = relative.format(Math.trunc(Math.min(age, 0)), unit); break; }
      age /= size;
    }
  }
}
setInterval(ageTimes, 60_000);

// Where a row of links is wider than the window, begin at the one that is current.
for (const link of document.querySelectorAll(":is(.nav, .segments) [aria-current]")) link.scrollIntoView({ inline: "center", block: "nearest" });

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  await navigator.clipboard.writeText(button.dataset.copy);
  say(button.dataset.copied);
});

// A typed amount and a preset one exclude each other.
document.addEventListener("input", (event) => {
  const box = event.target.closest("[data-amounts]");
  if (!box) return;
  if (event.target.type === "radio") for (const own of box.querySelectorAll("input:not([type=radio])")) own.value = "";
  else if (event.target.value) for (const preset of box.querySelectorAll("[type=radio]")) preset.checked = false;
});

// A toast that says the same again must still be read out and shown again.
function say(text) {
  const toast = document.getElementById("toast");
  toast.replaceChildren();
  requestAnimationFrame(() => toast.replaceChildren(text));
}

function showConnection() {
  document.getElementById("offline").hidden = navigator.onLine;
}
addEventListener("online", showConnection);
addEventListener("offline", showConnection);
document.addEventListener("htmx:error", showConnection);
showConnection();
