// Plain forms on the phone: no double sending, a countdown on "send again", and patience with a server that restarts.
// Without it everything still works.

const PATIENCE = 10_000; // a database or a process comes back within this time; after it the person is told

/** Sends the form until the server answers for itself; the last answer or error once the patience is over. */
async function send(form, submitter) {
  const fields = new FormData(form);
  if (submitter?.name) fields.set(submitter.name, submitter.value);
  const until = Date.now() + PATIENCE;
  for (let attempt = 1; ; attempt += 1) {
    const answer = await fetch(form.action, {
      method: "POST", body: new URLSearchParams(fields), headers: { Accept: "text/html" }, credentials: "same-origin",
      cache: "no-store",
    }).catch(() => null);
    if (answer && answer.status < 500) return answer;
    if (Date.now() >= until) return null;
    await new Promise((go) => setTimeout(go, Math.min(400 * attempt, 2000)));
  }
}

/** The page that came back, in the place of this one: what was typed stays where the server left it. */
function turnTo(html, form) {
  const next = new DOMParser().parseFromString(html, "text/html");
  if (!next.getElementById("main")) { HTMLFormElement.prototype.submit.call(form); return; } // not a page of the phone
  document.title = next.title;
  document.getElementById("main").replaceWith(document.adoptNode(next.getElementById("main")));
  window.scrollTo(0, 0);
  prepare();
  // The most urgent, not the one that stands highest; in the middle, for the button below covers what lies under it.
  const urgent = ["[aria-invalid]", "[autofocus]", ".fault[role=alert]"].map((each) => document.querySelector(each)).find(Boolean);
  urgent?.focus({ preventScroll: true });
  urgent?.scrollIntoView({ block: "center" });
}

function still(form, waiting) {
  if (waiting) form.dataset.sent = "yes"; else delete form.dataset.sent;
  form.setAttribute("aria-busy", String(waiting));
  for (const button of form.elements) {
    if (button.type !== "submit") continue;
    if (waiting) button.setAttribute("aria-disabled", "true"); else button.removeAttribute("aria-disabled");
  }
}

function sayUnavailable(form) {
  const told = form.querySelector("[data-unavailable-told]") ?? document.createElement("p");
  told.className = "fault";
  told.dataset.unavailableTold = "";
  told.setAttribute("role", "alert");
  told.textContent = form.dataset.unavailable;
  form.append(told);
  told.scrollIntoView({ block: "center" });
}

/** Where to go: an answer's address has lost its fragment, the form knows it. */
function landing(address, then) {
  const known = then && new URL(then, location.href);
  return known && known.pathname === new URL(address).pathname ? known.href : address;
}

async function submitted(event) {
  const form = event.currentTarget;
  event.preventDefault();
  if (form.dataset.sent) return;
  still(form, true);
  const answer = await send(form, event.submitter);
  if (answer?.redirected) { location.assign(landing(answer.url, form.dataset.then)); return; }
  const html = answer && await answer.text().catch(() => "");
  if (html) { turnTo(html, form); return; }
  still(form, false);
  sayUnavailable(form);
}

let free = 0; // when another code may be asked for: a page that comes back with a fault does not shorten the wait

function countDown(button) {
  const ready = button.textContent;
  free = Math.max(free, Date.now() + Number(button.dataset.wait) * 1000);
  const tick = () => {
    const left = Math.ceil((free - Date.now()) / 1000);
    button.disabled = left > 0;
    button.textContent = left > 0 ? button.dataset.waitText.replace("{n}", left) : ready;
    if (left <= 0 || !button.isConnected) clearInterval(timer);
  };
  const timer = setInterval(tick, 1000);
  tick();
}

function prepare() {
  for (const form of document.querySelectorAll("[data-form]")) form.addEventListener("submit", submitted);
  for (const button of document.querySelectorAll("[data-wait]")) countDown(button);
  for (const form of document.querySelectorAll("[data-proof]")) import(form.dataset.proof).then((proof) => proof.begin(form));
}

window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("[data-form]")) still(form, false);
});
prepare();
