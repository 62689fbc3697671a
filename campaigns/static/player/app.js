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

function show(name) {
  for (const [key, screen] of Object.entries(screens)) screen.hidden = key !== name;
  document.querySelector(".foot").hidden = name === "play";
}

function tell(sentence, again = null) {
  toast.firstElementChild.textContent = sentence;
  toast.lastElementChild.hidden = !again;
  toast.lastElementChild.onclick = () => { hush(); again(); };
  toast.hidden = false;
  if (!again) setTimeout(hush, 5000);
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
  throw Object.assign(new Error(reply.title || words.failed), { status: response.status, code: reply.code });
}

/** One deed: sent once, tried again with the same key when the network drops it, so that it counts once. */
async function deed(url, body, key = newKey()) {
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await ask(url, body, key);
    } catch (error) {
      if (error.code === "csrf" && attempt === 0) { await look(); continue; }
      if (error.status && error.status < 500) throw error;
      if (attempt < 2) { await new Promise((go) => setTimeout(go, 600 * (attempt + 1))); continue; }
      throw error;
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
    if (step.finished) me.state = "finished";
    if (step.view?.seated) me.invited = null;
    return step;
  } catch (error) {
    if (error.code === "already_answered" || error.code === "play_over" || error.code === "not_this_question") {
      await look();
      open(me.state === "finished" ? "result" : "play");
      return null;
    }
    if (turnedAway(error)) return null;
    if (error.status === 404 || error.code === "not_begun") await astray();
    if (refused && error.status === 409) refused(error.message);
    else trouble(error);
    return null;
  }
}

/** The server knows no such play of this phone: show what it does know, rather than a question nobody can answer. */
async function astray() {
  try { await look(); } catch { return; }
  if (me.state === "new") history.replaceState(null, "", location.pathname + location.search);
  draw();
}

async function finish(outcome, learnt) {
  screens.result.querySelector("[data-outcome]").replaceChildren(outcome);
  screens.result.querySelector("[data-learnt]").replaceChildren(learnt);
  if (location.hash !== "#result") history.replaceState(null, "", "#result");
  show("result");
  window.scrollTo(0, 0);
  attend(screens.result.querySelector("h1"));
  try { await look(); } catch { /* what was known stays shown */ }
  rewards();
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
  if (location.hash !== `#${name}`) history.pushState(null, "", `#${name}`);
  draw();
}

async function draw() {
  unmount();
  unmount = () => {};
  const wanted = location.hash.slice(1);
  const playing = (wanted === "play" || wanted === "result") && me && me.view;
  if (!playing) { show("home"); label(); return; }
  if (wanted === "play") show("play");
  dress();
  const game = await import(config.script);
  unmount = game.mount({
    root: screens.play, words: parts.querySelector("[data-words]").dataset, view: me.view, links,
    say, part, cited, options, ask: question, move, finish, again, me: () => me, look, attend, bringIntoView, chosen, copy,
  });
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

function dress() {
  if (!config.style || document.querySelector(`link[href="${config.style}"]`)) return;
  document.head.append(Object.assign(document.createElement("link"), { rel: "stylesheet", href: config.style }));
}

/** A question with one or several right options, from the part "question". `view` says where the play is; `send` sends
    the choice and gives { reply, view } or null; `on` goes on after the explanation. */
function question(view, { send, on }) {
  const said = parts.querySelector("[data-question-words]").dataset;
  const { fragment, slots } = part("question");
  const asked = view.question;
  const progress = ({ answered, total }) => { slots.bar.style.width = `${(answered / total) * 100}%`; };
  progress(view);
  slots.count.textContent = say(said.count, { n: view.answered + 1, total: view.total });
  slots.topic.textContent = asked.topic;
  slots.topic.hidden = !asked.topic;
  slots.text.textContent = asked.text;
  slots.several.hidden = !asked.multiple;
  slots.answers.setAttribute("aria-label", asked.text);

  const cards = options(asked.options);
  slots.answers.append(...cards.map(({ element }) => element));
  let chosen = [];
  for (const { element, id } of cards) {
    element.addEventListener("click", () => {
      if (!asked.multiple) { choose(id); return; }
      chosen = chosen.includes(id) ? chosen.filter((other) => other !== id) : [...chosen, id];
      element.classList.toggle("waiting", chosen.includes(id));
      element.setAttribute("aria-pressed", chosen.includes(id));
      slots.dock.hidden = false;
      slots.next.textContent = said.confirm;
      slots.next.disabled = !chosen.length;
      slots.next.onclick = () => choose(chosen.sort().join(""));
    });
  }

  async function choose(option) {
    for (const { element, id } of cards) {
      element.disabled = true;
      element.classList.toggle("waiting", option.includes(id));
    }
    slots.next.disabled = true;
    const step = await send(asked.id, option);
    if (step) { explain(step); return; }
    for (const { element } of cards) element.disabled = false;
    slots.next.disabled = false;
  }

  function explain({ reply, view: after }) {
    if (!reply.explanation) { on(); return; }
    progress(after);
    for (const { element, id, slots: own } of cards) {
      const correct = reply.answer.includes(id);
      const picked = reply.option.includes(id);
      element.disabled = true;
      element.classList.remove("waiting");
      element.removeAttribute("aria-pressed");
      if (!correct && !picked) continue;
      element.classList.add(correct ? "right" : "wrong");
      own.mark.hidden = own.icon.toggleAttribute("hidden", false);
      own.mark.textContent = !correct ? said.yoursWrong : picked ? said.yoursRight : said.answer;
      own.icon.firstElementChild.setAttribute("href", correct ? "#i-yes" : "#i-no");
    }
    slots.lesson.classList.add(reply.correct ? "right" : "wrong");
    slots["verdict-icon"].setAttribute("href", reply.correct ? "#i-yes" : "#i-no");
    slots.verdict.textContent = reply.correct ? said.right : said.wrong;
    slots.explanation.textContent = reply.explanation;
    slots.article.textContent = cited(reply.article);
    slots.lesson.hidden = false;
    slots.next.disabled = false;
    slots.next.textContent = after.question ? said.next : said.finish;
    slots.next.onclick = () => on();
    slots.dock.hidden = false;
    bringIntoView(slots.lesson);
    attend(slots.next);
  }

  screens.play.replaceChildren(fragment);
  attend(slots.text);
  window.scrollTo(0, 0);
  if (config.choose) choose(config.choose);
  return slots;
}

/* --- the page -------------------------------------------------------------------------------------------------- */

function label() {
  if (!me) return;
  const { invited } = me;
  const text = invited ? invited.start : { new: words.start, playing: words.resume, finished: words.see }[me.state];
  if (text) startButton.textContent = text;
  startButton.parentElement.hidden = text === "";
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
window.addEventListener("pageshow", (event) => { if (event.persisted) look().then(draw).catch(() => {}); });

try {
  await look();
  await draw();
  if (config.show === "question") await start();
  if (config.show === "result") open("result");
  if (!config.preview) ask(links.seen, { channel: channel() }).catch(() => {});
} catch (error) {
  trouble(error, () => location.reload());
}
