// Verifies a round in the browser: the commitment, every price, chance and draw, from the proof alone. Amounts stay below 2^53.
const box = document.getElementById("verify");
const SPACE = 1n << 256n;
const MILLION = 1_000_000;
const hexOf = (buffer) => Array.from(new Uint8Array(buffer), (byte) => byte.toString(16).padStart(2, "0")).join("");
const bytesOf = (hex) => Uint8Array.from(hex.match(/../g) ?? [], (pair) => parseInt(pair, 16));
const encode = (text) => new TextEncoder().encode(text);
const sha256 = async (bytes) => hexOf(await crypto.subtle.digest("SHA-256", bytes));

function priceOf(rule, draw) {
  const steps = BigInt(rule.step) * BigInt(draw.price_number);
  const most = BigInt(Number.MAX_SAFE_INTEGER);
  let price = steps;
  if (rule.kind === "capped") price = steps < BigInt(rule.most) ? steps : BigInt(rule.most);
  if (rule.kind === "demand") price = (steps * BigInt(draw.heat) + BigInt(MILLION) - 1n) / BigInt(MILLION);
  return Number(price < most ? price : most);
}

function chanceOf(rule, draw) {
  if (rule.kind === "flat") return rule.ppm;
  return Math.min(rule.ppm, Number((900_000n * BigInt(draw.price)) / BigInt(draw.pot_after)));
}

async function commitmentOf(proof) {
  const head = encode(`pot-v1|${proof.label}|${proof.params_hash}|`);
  const seed = bytesOf(proof.seed);
  const whole = new Uint8Array(head.length + seed.length);
  whole.set(head);
  whole.set(seed, head.length);
  return sha256(whole);
}

async function hasWon(key, proof, draw) {
  const text = `${proof.label}|${draw.number}|${draw.member}|${draw.client_seed}`;
  const drawn = BigInt(`0x${hexOf(await crypto.subtle.sign("HMAC", key, encode(text)))}`);
  return drawn < (BigInt(draw.ppm) * SPACE) / BigInt(MILLION);
}

// The number of the first draw for which something doesn't hold; 0 where it holds for all.
const firstWrong = (draws, holds) => draws.find((draw) => !holds(draw))?.number ?? 0;

async function firstWrongDraw(proof) {
  const key = await crypto.subtle.importKey("raw", bytesOf(proof.seed), { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
  for (const draw of proof.draws) if ((await hasWon(key, proof, draw)) !== draw.prize > 0) return draw.number;
  return 0;
}

function prizeHolds({ draws, ended_by, winner, amount }) {
  if (ended_by !== "won") return draws.every((draw) => draw.prize === 0);
  const last = draws.at(-1);
  if (!last || draws.slice(0, -1).some((draw) => draw.prize !== 0)) return false;
  return last.prize === amount && last.prize === last.pot_after && last.member === winner;
}

// Each check: its sentence, whether it holds, and the first draw for which it doesn't.
async function* checks(proof) {
  const { draws } = proof;
  const rules = JSON.parse(proof.params);
  const shown = document.querySelector("[data-commitment-shown]").textContent.trim();
  yield ["shown", proof.commitment === shown];
  yield ["params", (await sha256(encode(proof.params))) === proof.params_hash];
  yield ["commitment", (await commitmentOf(proof)) === proof.commitment];
  const gap = draws.findIndex((draw, place) => draw.number !== place + 1) + 1;
  yield ["order", gap === 0, gap];
  const price = firstWrong(draws, (draw) => draw.price === priceOf(rules.price, draw));
  yield ["prices", price === 0, price];
  const chance = firstWrong(draws, (draw) => draw.ppm === chanceOf(rules.odds, draw));
  yield ["odds", chance === 0, chance];
  const drawn = await firstWrongDraw(proof);
  yield ["draws", drawn === 0, drawn];
  yield [proof.ended_by === "won" ? "prize" : "reset", prizeHolds(proof)];
}

function show(list, proof, [name, holds, first]) {
  const own = proof.draws.filter((draw) => draw.member === box.dataset.member).length;
  const sentence = box.dataset[name].replace("{count}", proof.draws.length).replace("{own}", own);
  const mark = document.createElement("span");
  mark.className = `badge ${holds ? "ok" : "bad"}-tone`;
  mark.textContent = holds ? box.dataset.ok : box.dataset.failed;
  const words = document.createElement("span");
  words.textContent = first ? `${sentence} (${box.dataset.first.replace("{number}", first)})` : sentence;
  const line = document.createElement("li");
  line.append(mark, words);
  list.append(line);
}

async function fetchProof() {
  const answer = await fetch(box.dataset.proof);
  if (!answer.ok) throw new Error(`${box.dataset.proof}: ${answer.status}`);
  return answer.json();
}

async function compute(proof, list) {
  let isFair = true;
  for await (const check of checks(proof)) {
    isFair &&= check[1];
    show(list, proof, check);
  }
  return isFair;
}

async function verify(button) {
  const list = box.querySelector("[data-checks]");
  const verdict = box.querySelector("[data-verdict]");
  const tell = (said, look = "") => { verdict.className = `verdict ${look}`; verdict.textContent = box.dataset[said]; };
  list.replaceChildren();
  button.disabled = true;
  tell("working");
  const proof = await fetchProof().catch((error) => console.warn(error));
  if (!proof) tell("offline");
  // What can't even be computed isn't a proof.
  else if (await compute(proof, list).catch((error) => console.warn(error))) tell("fair", "holds");
  else tell("unfair", "fails");
  button.disabled = false;
}

const start = box.querySelector("[data-start]");
if (globalThis.crypto?.subtle) {
  start.hidden = false;
  start.addEventListener("click", () => verify(start));
} else {
  box.querySelector("[data-without]").hidden = false;
}
