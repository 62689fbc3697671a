// The shell of every game on a phone: screens, the one small personal call, moves, and what to say when the network is slow.
// The server is right about everything; nothing personal is kept here.

const config = JSON.parse(document.getElementById("config").textContent);
const { words, links } = config;
const screens = Object.fromEntries([...document.querySelectorAll("[data-screen]")].map((s) => [s.dataset.screen, s]));
const startButton = document.querySelector("[data-start]");
const hint = document.querySelector("[data-hint]");
const invitedCard = document.querySelector("[data-invited]");
const toast = document.querySelector("[data-toast]");
const parts = document.createElement("div");
parts.append(...screens.play.childNodes);

let me = null;
let arrival = null;
let unmount = () => {};
let busy = false;
let hushing = 0;
let drawing = 0;
let left = Date.now();
let told = Promise.resolve();
const QUEUED = 6; // how often a deed waits for its turn
const A_WHILE = 60_000; // a first screen that was out of sight longer is asked for anew
const LONGEST_WAIT = 30; // seconds; longer waits are told instead

function show(name) {
  document.documentElement.classList.add("drawn");
  for (const [key, screen] of Object.entries(screens)) screen.hidden = key !== name;
  document.querySelector(".foot").hidden = name === "play";
}

function tell(sentence, again = null, shown = 5000) {
  toast.firstElementChild.textContent = sentence;
  toast.lastElementChild.hidden = !again;
  toast.lastElementChild.onclick = () => { hush(); again(); };
  toast.hidden = false;
  clearTimeout(hushing);
  if (!again) hushing = setTimeout(hush, shown);
}

function hush() { toast.hidden = true; }

/** Takes whoever listens or uses keys to `element`; never out of another window, such as the form beside a preview. */
function attend(element) {
  if (document.hasFocus()) element?.focus({ preventScroll: true });
}

async function ask(url, body, key) {
  const options = { headers: { Accept: "application/json" }, credentials: "same-origin", cache: "no-store" };
  if (body) {
    options.method = "POST";
    options.body = JSON.stringify(body);
    options.headers["Content-Type"] = "application/json";
    options.headers["X-CSRFToken"] = me?.csrf ?? "";
    if (key) options.headers["Idempotency-Key"] = key;
  }
  const waiting = AbortSignal.timeout ? AbortSignal.timeout(15000) : undefined;
  const response = await fetch(url, { ...options, signal: waiting });
  const reply = await response.json().catch(() => ({}));
  if (response.ok) return reply;
  const wait = Number(response.headers.get("Retry-After")) || 0;
  throw Object.assign(new Error(reply.title || words.failed), { status: response.status, code: reply.code, wait });
}

/** Waits for one's turn where many came at once, longer each time and never all in the same second; says so from a second on. */
async function queue(wait, attempt) {
  const seconds = Math.max(wait, 1) + Math.random() * 2 ** attempt;
  if (seconds > 1.5 || attempt) tell(words.queue.replace("{n}", Math.ceil(seconds)), null, seconds * 1000);
  await new Promise((go) => setTimeout(go, seconds * 1000));
  hush();
}

/** One deed: sent once, tried again with the same key when the network drops it, so that it counts once. */
function deed(url, body, key = newKey()) { return patiently(() => ask(url, body, key)); }

async function patiently(errand) {
  const until = Date.now() + 10_000;
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await errand();
    } catch (error) {
      if (error.code === "csrf" && attempt === 0) { await look(); continue; }
      if (error.status === 429 && attempt < QUEUED && error.wait <= LONGEST_WAIT) { await queue(error.wait, attempt); continue; }
      if (error.status && error.status < 500) throw error;
      if (Date.now() > until) throw error; // a process or a database comes back within ten seconds, or it is said
      await new Promise((go) => setTimeout(go, Math.min(600 * (attempt + 1), 2000)));
    }
  }
}

/** What was chosen before the number was proven, so that it goes on by itself when this phone comes back proven. */
function chosen(kind = null) {
  try {
    const name = `hequ-chosen-${links.home}`;
    const before = sessionStorage.getItem(name);
    if (kind) sessionStorage.setItem(name, kind); else sessionStorage.removeItem(name);
    return before;
  } catch { return null; } // no storage here: the choice is made again
}

function newKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Where this phone stands. The first answer brings the pseudonym it begins under, so nobody asks for one twice:
    neither a tap while the page still waits, nor another tab of the same phone. */
async function look() {
  if (!me) {
    arrival ??= alone(() => ask(links.me)).finally(() => { arrival = null; });
    return (me = await arrival);
  }
  const { invited } = me;
  me = await ask(links.me);
  if (invited && !invited.open) me.invited ??= invited; // what was said stays said on this page
  return me;
}

function alone(errand) {
  return navigator.locks ? navigator.locks.request("hequ-arrival", errand) : errand();
}

function trouble(error, again) {
  if (error.code === "campaign_not_open") return location.replace(links.home); // the server says why, in a whole page
  tell(error.status ? error.message : words.offline, error.status && error.status < 500 ? null : again);
}

async function start() {
  if (busy) return;
  busy = true;
  startButton.setAttribute("aria-disabled", "true");
  hush();
  try {
    if (!me) await look();
    const follows = Boolean(me.invited?.open);
    if (me.state === "finished" && !follows) { open("result"); return; }
    if (me.state === "new" || follows) {
      Object.assign(me, await deed(links.start, { channel: channel(), again: Boolean(me.invited) && !follows }));
    }
    open(me.state === "finished" ? "result" : "play");
  } catch (error) {
    if (turnedAway(error)) return;
    trouble(error, start);
  } finally {
    busy = false;
    startButton.removeAttribute("aria-disabled");
  }
}

/** An invitation that leads nowhere any more: the server has forgotten it; say so, and what else there is to do. */
function turnedAway(error) {
  const lost = ["invitation_off", "invitation_unknown", "no_party", "party_expired", "party_ended", "party_full"].includes(error.code);
  if (!lost || !me.invited) return false;
  Object.assign(me, { state: "new", view: null });
  me.invited = { ...me.invited, open: false, headline: error.message, lines: [], start: me.invited.own };
  if (location.hash) history.replaceState(null, "", location.pathname + location.search);
  draw();
  window.scrollTo(0, 0);
  attend(invitedCard.querySelector("h2"));
  return true;
}

async function again() {
  try {
    Object.assign(me, await deed(links.start, { channel: channel(), again: true }));
    open("play");
  } catch (error) {
    trouble(error, again);
  }
}

// Inside another site's frame the play opens in the whole window, where this phone is remembered.
if (!config.preview && window.top !== window) {
  for (const link of document.querySelectorAll("a[href]")) link.target = "_top";
  startButton.href = location.href;
}

function channel() { return new URLSearchParams(location.search).get("ch") ?? ""; }

/** One move. `refused` is told of a refusal that stays on the screen; otherwise it is said for a moment. */
async function move(kind, values, refused = null) {
  const body = { play: me.play, kind, values, state: me.state_token };
  try {
    const step = await deed(links.move, body);
    me.view = step.view;
    me.state_token = step.state_token;
    if (step.finished) { me.state = "finished"; told = look().catch(() => {}); } // what was earned, while one still reads
    if (step.view?.seated) me.invited = null;
    return step;
  } catch (error) {
    if (["already_answered", "play_over", "not_this_question"].includes(error.code)) { await overtaken(); return null; }
    if (turnedAway(error)) return null;
    if (error.status === 404 || error.code === "not_begun") await astray();
    if (refused && error.status === 409) refused(error.message);
    else trouble(error);
    return null;
  }
}

/** Another tab, or an answer lost on its way, went further: show where the play stands. */
async function overtaken() {
  try {
    await patiently(look);
    open(me.state === "finished" ? "result" : "play");
  } catch (error) {
    trouble(error, overtaken);
  }
}

/** The screen as the server knows it by now, for a page that was left open. Without a network what is shown stays. */
async function anew() {
  try { await look(); } catch (error) { if (error.code === "campaign_not_open") trouble(error); return; }
  draw();
}

/** The server knows no such play of this phone: show what it does know, rather than a question nobody can answer. */
async function astray() {
  try { await look(); } catch { return; }
  if (me.state === "new") history.replaceState(null, "", location.pathname + location.search);
  draw();
}

/** The result, with what it earned in the same paint: nothing moves afterwards, unless the network takes too long. */
async function finish(outcome, learnt) {
  await Promise.race([told, new Promise((go) => setTimeout(go, 3000))]);
  rewards();
  screens.result.querySelector("[data-outcome]").replaceChildren(outcome);
  screens.result.querySelector("[data-learnt]").replaceChildren(learnt);
  if (location.hash !== "#result") history.replaceState(null, "", "#result");
  show("result");
  window.scrollTo(0, 0);
  attend(screens.result.querySelector("h1"));
  told.then(rewards);
}

function rewards() {
  const within = (name) => screens.result.querySelector(`[data-${name}]`);
  const earned = me.earned?.[0];
  within("earned").hidden = !earned;
  if (earned) {
    within("earned-name").textContent = earned.name;
    within("earned-text").textContent = earned.text;
    within("earned-link").href = earned.link;
    within("earned-link").textContent = earned.action;
  }
  const more = !earned && !me.view?.result?.passed && me.attempts_left > 0;
  within("again").hidden = !more;
  within("again-text").textContent = words.left.replace("{n}", me.attempts_left);
  within("over").hidden = Boolean(earned) || more;
}

function open(name) {
  if (location.hash !== `#${name}`) {
    // In a preview the Back of the browser belongs to the page around it.
    if (config.preview) history.replaceState(null, "", `#${name}`); else history.pushState(null, "", `#${name}`);
  }
  draw();
}

async function draw() {
  const turn = drawing += 1;
  unmount();
  unmount = () => {};
  const wanted = location.hash.slice(1);
  const playing = (wanted === "play" || wanted === "result") && me && me.view;
  if (!playing) { show("home"); label(); return; }
  if (wanted === "play") show("play");
  let game, question;
  try {
    [game, { question }] = await Promise.all([import(config.script), import(config.question), dress()]);
  } catch (error) { // a script that did not come: the browser may remember that, so the page begins anew
    trouble(error, () => location.reload());
    return;
  }
  if (turn !== drawing) return; // going back tells of it twice
  const stage = {
    root: screens.play, words: parts.querySelector("[data-words]").dataset, view: me.view, links, choose: config.choose,
    said: parts.querySelector("[data-question-words]")?.dataset,
    say, part, cited, options, learnt, move, finish, again, me: () => me, look, anew, attend, bringIntoView, chosen, copy,
  };
  unmount = game.mount(Object.assign(stage, { ask: question(stage) }));
}

/* --- what every game draws with ------------------------------------------------------------------------------- */

function say(sentence, values = {}) {
  return sentence.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? values[name] : whole));
}

/** A part of the game's page to fill: a fragment, and its slots by name. */
function part(name) {
  const fragment = parts.querySelector(`template[data-part="${name}"]`).content.cloneNode(true);
  const slots = {};
  for (const element of fragment.querySelectorAll("[data-slot]")) slots[element.dataset.slot] = element;
  return { fragment, slots };
}

function cited(key) { return config.articles[key] ?? key; }

/** What answered questions taught: each point with its source, `review` before what went wrong. Empty without answers. */
function learnt(answers, review) {
  if (!answers.length) return "";
  const { fragment, slots } = part("learnt");
  for (const answered of answers) {
    const { fragment: line, slots: own } = part("known");
    const item = line.firstElementChild;
    const sentence = answered.explanation.split(/(?<=。)/)[0];
    own.point.textContent = answered.correct ? sentence : review + sentence;
    own.source.textContent = cited(answered.article);
    item.classList.toggle("again", !answered.correct);
    if (!answered.correct) item.querySelector("use").setAttribute("href", "#i-book");
    slots.known.append(item);
  }
  return fragment;
}

/** The options of a question as lettered cards, from the part "option". */
function options(offered) {
  return offered.map(({ id, text }, place) => {
    const { fragment, slots } = part("option");
    slots.letter.textContent = "ABCDEF"[place];
    slots.words.textContent = text;
    return { element: fragment.firstElementChild, slots, id };
  });
}

/** Shows and copies what to send to a friend: reviewed words with the link. Says "copied" only when it was. */
async function copy(slots, { text }) {
  slots.link.value = text;
  slots["link-box"].hidden = false;
  slots.link.select();
  const done = await navigator.clipboard?.writeText(text).then(() => true, () => false) ?? document.execCommand("copy");
  slots.copied.hidden = !done;
  slots.uncopied.hidden = done;
}

function bringIntoView(element) {
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  element.scrollIntoView({ block: "nearest", behavior: calm ? "auto" : "smooth" });
}

/** The game's own style sheet, in force before its first screen shows; a game without it still plays. */
function dress() {
  if (!config.style || document.querySelector(`link[href="${config.style}"]`)) return null;
  const sheet = Object.assign(document.createElement("link"), { rel: "stylesheet", href: config.style });
  return new Promise((go) => { sheet.onload = sheet.onerror = go; document.head.append(sheet); });
}

/* --- the page -------------------------------------------------------------------------------------------------- */

function label() {
  if (!me) return;
  const { invited } = me;
  const text = invited ? invited.start : { new: words.start, playing: words.resume, finished: words.see }[me.state];
  if (text) startButton.textContent = text;
  startButton.parentElement.hidden = text === "";
  hint.hidden = !(me.state === "new" || invited); // what is read before one begins
  invitedCard?.toggleAttribute("hidden", !invited);
  if (!invited) return;
  invitedCard.querySelector("h2").textContent = invited.headline;
  invitedCard.querySelector("div").replaceChildren(...invited.lines.map((line) => {
    return Object.assign(document.createElement("p"), { textContent: line });
  }));
}

startButton.addEventListener("click", (event) => {
  if (startButton.target) return;
  event.preventDefault();
  start();
});
screens.result.querySelector("[data-retry]").addEventListener("click", again);
window.addEventListener("popstate", draw);
window.addEventListener("hashchange", draw);
window.addEventListener("online", hush);
window.addEventListener("offline", () => tell(words.offline));
window.addEventListener("pageshow", (event) => { if (event.persisted) anew(); });
document.addEventListener("visibilitychange", () => {
  if (document.hidden) { left = Date.now(); return; }
  if (!location.hash && Date.now() - left > A_WHILE) anew(); // a new edition, a new day, the end
});

try {
  await look();
  await draw();
  if (config.show === "question") await start();
  if (config.show === "result") open("result");
  if (!config.preview) ask(links.seen, { channel: channel() }).catch(() => {});
} catch (error) {
  document.documentElement.classList.add("drawn");
  trouble(error, () => location.reload());
}
