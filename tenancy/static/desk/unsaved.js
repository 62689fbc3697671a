/* What is typed into a form outlives the session: kept in this tab until the server took it, offered again after signing
   in. Needs desk.js; on a page that tells of a refusal it stands alone.

   Kept in sessionStorage under the colleague who typed it: closing the tab, signing out or signing in as somebody else
   removes it, and another tab or a later visitor never sees it. Passwords, one-time codes and files are not kept. */
(() => {
  "use strict";

  const PREFIX = "hequ.unsaved.";
  const LASTS = 12 * 60 * 60 * 1000; // as long as a session may last: tenancy.doors.ABSOLUTE
  const NO_TEXT = new Set(["hidden", "password", "file", "submit", "button", "reset", "image", "fieldset", "output", "object"]);
  const SECRET = /current-password|new-password|one-time-code/;
  const SAME_FORM = new Set(["path", "key", "term", "rule", "kind"]);

  const owner = document.body.dataset.owner || "";

  /* --- the tab's memory -------------------------------------------------------------------------------------- */
  const keys = () => Object.keys(sessionStorage).filter((key) => key.startsWith(PREFIX));
  const look = (key) => {
    try { return JSON.parse(sessionStorage.getItem(key)); } catch { return null; }
  };
  const write = (key, entry) => {
    try { sessionStorage.setItem(key, JSON.stringify(entry)); } catch { /* full or forbidden: nothing is kept, nothing breaks */ }
  };
  const get = (name) => look(PREFIX + name)?.value ?? null;
  const put = (name, value) => { if (owner) write(PREFIX + name, { owner, at: Date.now(), value }); };
  const drop = (name) => sessionStorage.removeItem(PREFIX + name);
  const forget = () => keys().forEach((key) => sessionStorage.removeItem(key));

  /* --- a form and what is in it ------------------------------------------------------------------------------ */
  const controls = (form) => [...form.elements].filter((one) => one.name && !NO_TEXT.has(one.type) && !SECRET.test(one.autocomplete || ""));
  const isKept = (form) => form instanceof HTMLFormElement && form.getAttribute("method")?.toLowerCase() === "post"
    && form.dataset.notKept === undefined && controls(form).length > 0;

  const signature = (form) => {
    const same = [...form.elements].filter((one) => one.type === "hidden" && SAME_FORM.has(one.name)).map((one) => `${one.name}=${one.value}`);
    return [new URL(form.getAttribute("action") || "", location.href).pathname, ...same].join("|");
  };
  const nameOf = (form) => {
    const mine = signature(form);
    const twins = [...document.forms].filter((one) => isKept(one) && signature(one) === mine);
    return `form.${location.pathname}>${mine}#${twins.indexOf(form)}`;
  };

  const valueOf = (one) => {
    if (one.type === "checkbox" || one.type === "radio") return one.checked;
    return one.type === "select-multiple" ? [...one.selectedOptions].map((option) => option.value) : one.value;
  };
  const asShipped = (one) => {
    if (one.type === "checkbox" || one.type === "radio") return one.checked === one.defaultChecked;
    if (one.type.startsWith("select")) {
      const shipped = [...one.options].filter((option) => option.defaultSelected);
      return shipped.length ? [...one.options].every((option) => option.selected === option.defaultSelected) : one.selectedIndex <= 0;
    }
    return one.value === one.defaultValue;
  };
  const isBox = (one) => one.type === "checkbox" || one.type === "radio";
  const written = (form) => controls(form).map((one) => ({ name: one.name, box: isBox(one) ? one.value : null, value: valueOf(one) }));
  /* What a script has added unseen, such as a colleague who is mentioned. */
  const added = (form) => [...form.querySelectorAll("input[type=hidden][data-added]")].map((one) => ({ name: one.name, value: one.value, label: one.dataset.name || "" }));
  const reason = (form) => (form.dataset.confirmReason ? form.elements.reason?.value || "" : "");

  const keep = (form, sent = false) => {
    if (!owner || !isKept(form) && !reason(form)) return;
    if (!sent && controls(form).every(asShipped)) return drop(nameOf(form));
    put(nameOf(form), { fields: written(form), added: added(form), reason: reason(form), sent });
  };

  const match = (form, kept) => {
    const seen = new Map();
    return kept.fields.map((field) => {
      const mine = controls(form).filter((one) => one.name === field.name && (field.box === null || one.value === field.box));
      const nth = field.box === null ? seen.get(field.name) || 0 : 0;
      seen.set(field.name, nth + 1);
      return [mine[nth], field];
    }).filter(([one]) => one);
  };
  const differs = (form, kept) => Boolean(kept.reason) || match(form, kept).some(([one, field]) => JSON.stringify(valueOf(one)) !== JSON.stringify(field.value));

  const restore = (form, kept) => {
    for (const [one, field] of match(form, kept)) {
      if (isBox(one)) one.checked = field.value;
      else if (one.type === "select-multiple") [...one.options].forEach((option) => { option.selected = field.value.includes(option.value); });
      else one.value = field.value;
      one.dispatchEvent(new Event("input", { bubbles: true }));
      one.dispatchEvent(new Event("change", { bubbles: true }));
    }
    for (const { name, value, label } of kept.added || []) {
      const hidden = Object.assign(document.createElement("input"), { type: "hidden", name, value });
      Object.assign(hidden.dataset, { name: label, added: "" });
      form.append(hidden);
    }
    if (kept.reason) form.dataset.keptReason = kept.reason;
    for (let folded = form.closest("details:not([open])"); folded; folded = folded.parentElement.closest("details:not([open])")) folded.open = true;
  };

  /* --- offering it again ------------------------------------------------------------------------------------- */
  const arrivedBySending = () => performance.getEntriesByType("navigation")[0]?.type === "navigate";
  const tidy = () => {
    for (const key of keys()) {
      const entry = look(key);
      const isTaken = entry?.value?.sent && arrivedBySending(); // the page after sending is a page of ours: it was taken
      if (!entry || entry.owner !== owner || Date.now() - entry.at > LASTS || isTaken) sessionStorage.removeItem(key);
    }
  };
  const waiting = () => [...document.forms].map((form) => (isKept(form) || form.dataset.confirmReason ? [form, get(nameOf(form))] : [form, null]))
    .filter(([form, kept]) => kept && differs(form, kept));

  const show = (form) => {
    form.closest("dialog:not([open])")?.showModal();
    form.scrollIntoView({ block: "center" });
    controls(form)[0]?.focus({ preventScroll: true });
  };
  const offer = () => {
    const found = waiting();
    if (!found.length || !window.Desk) return;
    const { icon, make, say } = window.Desk;
    const yes = make("button", { type: "button", class: "button button--small", "data-unsaved-restore": true }, say("restore"));
    const no = make("button", { type: "button", class: "button button--small button--quiet", "data-unsaved-forget": true }, say("not_needed"));
    const files = found.some(([form]) => form.querySelector("input[type=file]"));
    const words = make("div", { class: "grow" }, make("p", { class: "banner__title" }, say("unsaved")), make("p", {}, say(files ? "unsaved_files" : "unsaved_where")));
    const banner = make("div", { class: "banner banner--caution", role: "status", "data-unsaved": true }, icon("refresh"), words, yes, no);
    yes.addEventListener("click", () => {
      found.forEach(([form, kept]) => restore(form, kept));
      banner.remove();
      show(found[0][0]);
    });
    no.addEventListener("click", () => {
      found.forEach(([form]) => drop(nameOf(form)));
      banner.remove();
    });
    document.getElementById("content")?.prepend(banner);
  };

  if (owner) {
    for (const kind of ["input", "change"]) {
      document.addEventListener(kind, (event) => { if (event.target.form) keep(event.target.form); });
    }
    document.addEventListener("submit", (event) => {
      if (event.target.dataset?.forgets !== undefined) forget();
      else if (!event.defaultPrevented) keep(event.target, true);
    });
    tidy();
  } else {
    /* A page without a colleague (signing in, a refusal): nothing that was sent has been taken. */
    const mark = (key, sent) => {
      const entry = look(key);
      write(key, { ...entry, value: { ...entry.value, sent } });
    };
    const refused = keys().filter((key) => look(key)?.value?.sent);
    refused.forEach((key) => mark(key, false));
    document.addEventListener("submit", (event) => { // unless the page of the refusal sends it once more
      if (event.target.dataset?.sendsAgain !== undefined) refused.forEach((key) => mark(key, true));
    });
    for (const note of document.querySelectorAll("[data-unsaved-note]")) note.hidden = keys().length === 0;
  }

  window.Unsaved = { drop, get, owner, put, taken: (form) => drop(nameOf(form)) };
  document.addEventListener("DOMContentLoaded", () => { if (owner) offer(); });
})();
