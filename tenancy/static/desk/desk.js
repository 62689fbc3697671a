/* The back office's own script: talking to the server, telling people, asking them. Loaded on every page, before the others. */
(() => {
  "use strict";

  const words = JSON.parse(document.getElementById("desk-words")?.textContent || "{}");
  const say = (key, values = {}) =>
    (words[key] || key).replace(/\{(\w+)\}/g, (whole, name) => (name in values ? String(values[name]) : whole));

  /** An answer the server refused: `code` for machines, `message` for people. */
  class Problem extends Error {
    constructor(status, code, message, details) {
      super(message);
      this.status = status;
      this.code = code;
      this.details = details || {};
    }
  }

  const token = () => document.querySelector('meta[name="csrf-token"]')?.content || "";

  /** Builds elements without ever parsing text as HTML. `make("p", {class: "muted"}, "text", child)` */
  const make = (tag, attributes = {}, ...children) => {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) {
      if (value === true) element.setAttribute(name, "");
      else if (value !== false && value !== null && value !== undefined) element.setAttribute(name, value);
    }
    element.append(...children.filter((child) => child !== null && child !== undefined && child !== ""));
    return element;
  };

  const icon = (name, extra = "") => {
    const space = "http://www.w3.org/2000/svg";
    const svg = document.createElementNS(space, "svg");
    svg.setAttribute("class", `icon ${extra}`.trim());
    svg.setAttribute("aria-hidden", "true");
    const use = document.createElementNS(space, "use");
    use.setAttribute("href", `${document.documentElement.dataset.icons}#${name}`);
    svg.append(use);
    return svg;
  };

  const toast = (text, tone = "") => {
    const place = document.getElementById("toasts");
    if (!place) return;
    const close = make("button", { type: "button", "aria-label": say("close") }, "×");
    const note = make("div", { class: `toast ${tone ? `toast--${tone}` : ""}`, role: tone === "danger" ? "alert" : "status" },
      make("span", {}, text), close);
    close.addEventListener("click", () => note.remove());
    place.append(note);
    if (tone !== "danger") setTimeout(() => note.remove(), 6000);
  };

  /**
   * Sends JSON (or a FormData) and gives back the decoded answer.
   * Throws Problem; tells the person about it unless `quiet`. After `patience` milliseconds without an answer it is as if
   * the network were gone.
   */
  const send = async (url, { method = "POST", body, key, quiet = false, keepalive = false, background = false, patience = 0 } = {}) => {
    const headers = { Accept: "application/json", "X-Requested-With": "fetch" };
    if (!["GET", "HEAD"].includes(method)) headers["X-CSRFToken"] = token();
    if (key) headers["Idempotency-Key"] = key;
    if (background) headers["X-Background"] = "1"; // nobody touched anything: the session goes on ageing
    let payload = body;
    if (body !== undefined && !(body instanceof FormData)) {
      headers["Content-Type"] = "application/json";
      payload = JSON.stringify(body);
    }
    const signal = patience ? AbortSignal.timeout?.(patience) : undefined;
    let answer;
    try {
      answer = await fetch(url, { method, headers, body: payload, keepalive, signal, credentials: "same-origin" });
    } catch {
      return fail(new Problem(0, "offline", say("offline")), quiet);
    }
    const kind = answer.headers.get("Content-Type") || "";
    const decoded = kind.includes("json") ? await answer.json() : null;
    if (answer.ok && !answer.redirected) return decoded;
    if (answer.headers.get("X-Hidden-Marks")) toast(say("hidden_marks"));
    if (answer.status === 401 || answer.redirected) return fail(new Problem(401, "signed_out", say("signed_out")), quiet);
    const message = decoded?.detail || decoded?.title || say("failed", { status: answer.status });
    return fail(new Problem(answer.status, decoded?.code || "failed", message, decoded || {}), quiet);
  };

  const fail = (problem, quiet) => {
    if (!quiet) toast(problem.message, "danger");
    throw problem;
  };

  /** Asks a yes-or-no question in a dialog; resolves to true or false. */
  /* With `reason` (its label) the answer is what was typed, and there is no yes without it; `kept` is typed already. */
  const ask = ({ title, text = "", yes, danger = false, reason = "", kept = "" }) =>
    new Promise((resolve) => {
      const dialog = document.getElementById("ask");
      dialog.querySelector("[data-ask-title]").textContent = title;
      dialog.querySelector("[data-ask-text]").textContent = text;
      const button = dialog.querySelector("[data-ask-yes]");
      button.textContent = yes || say("go_on");
      button.className = `button ${danger ? "button--danger" : "button--primary"}`;
      const why = dialog.querySelector("[data-ask-reason]");
      const typed = why.querySelector("textarea");
      why.hidden = !reason;
      why.querySelector("label").textContent = reason;
      typed.value = kept;
      typed.required = Boolean(reason);
      typed.disabled = !reason;
      dialog.returnValue = "";
      dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes" && (reason ? typed.value : true)), { once: true });
      dialog.showModal();
    });

  /** Shows `url` in a frame without a step of the browser's history: its Back leads away from the page, not through previews. */
  const turnFrame = (frame, url) => {
    if ((frame.dataset.at ?? frame.getAttribute("src")) === url) return;
    frame.dataset.at = url;
    frame.contentWindow.location.replace(url);
  };

  const carry = (form, name, value) => {
    const field = form.elements[name] || form.appendChild(Object.assign(document.createElement("input"), { type: "hidden", name }));
    field.value = value;
  };

  /** A fresh name for a request or a card. The browser's own UUIDs are missing over plain http in a network, and in old ones. */
  const newKey = () =>
    [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");

  /** Copies and says so, in whatever way this browser allows here; says, too, when none is allowed. */
  const copy = async (text) => {
    const done = (await navigator.clipboard?.writeText(text).then(() => true, () => false)) || copyPlainly(text);
    toast(say(done ? "copied" : "uncopied"), done ? "good" : "danger");
  };

  const copyPlainly = (text) => {
    const field = make("textarea", { class: "visually-hidden", readonly: true });
    field.value = text;
    document.body.append(field);
    field.select();
    const done = document.execCommand("copy");
    field.remove();
    return done;
  };

  /* Forms that are sent once: <form data-once>. A second tap is ignored while the first is under way. The form can be sent
     again as soon as nothing is: another script stopped it, the page came back from the browser's memory, or no answer
     turned the page within ALIVE (a download, a broken line, the browser's own stop). */
  const ALIVE = 15000;
  const release = (form) => {
    delete form.dataset.sent;
    for (const button of form.querySelectorAll("[type=submit][aria-busy]")) button.removeAttribute("aria-busy");
  };
  const sendOnce = (event) => {
    const form = event.target;
    if (form.dataset.sent) { event.preventDefault(); return; }
    const button = event.submitter || form.querySelector("[type=submit]");
    form.dataset.sent = "yes";
    setTimeout(() => { // whoever else listens has spoken by now
      if (event.defaultPrevented) { release(form); return; }
      button?.setAttribute("aria-busy", "true");
      setTimeout(() => release(form), ALIVE);
    });
  };
  window.addEventListener("pageshow", () => document.querySelectorAll("form[data-once]").forEach(release));

  /* Forms that ask before they are sent: <form data-confirm="…" data-confirm-text="…" data-confirm-yes="…" data-danger>
     With data-confirm-reason="label" what was typed goes along as `reason`. */
  document.addEventListener("submit", async (event) => {
    const form = event.target;
    const asker = event.submitter?.dataset.confirm ? event.submitter : form;
    if (!asker.dataset.confirm || form.dataset.confirmed) {
      if (form.dataset.once !== undefined && !event.defaultPrevented) sendOnce(event);
      return;
    }
    event.preventDefault();
    const agreed = await ask({
      title: asker.dataset.confirm, text: asker.dataset.confirmText, yes: asker.dataset.confirmYes, danger: "danger" in asker.dataset,
      reason: asker.dataset.confirmReason, kept: form.dataset.keptReason,
    });
    if (!agreed) return;
    if (typeof agreed === "string") carry(form, "reason", agreed);
    form.dataset.confirmed = "yes";
    form.requestSubmit(event.submitter || undefined);
    delete form.dataset.confirmed;
  });

  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-open]");
    if (opener) document.querySelector(opener.dataset.open)?.showModal();
    const closer = event.target.closest("[data-close]");
    if (closer) closer.closest("dialog")?.close();
    const copier = event.target.closest("[data-copy]");
    if (copier) copy(copier.dataset.copy);
    if (event.target.closest("[data-sidebar]")) document.getElementById("sidebar")?.classList.toggle("sidebar--open");
    else if (!event.target.closest("#sidebar")) document.getElementById("sidebar")?.classList.remove("sidebar--open");
    if (event.target.closest("[data-print]")) window.print();
    for (const menu of document.querySelectorAll("details.menu[open]")) {
      if (!menu.contains(event.target)) menu.open = false;
    }
  });

  /* A select or checkbox that sends its form as soon as it changes: data-submit-on-change */
  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-submit-on-change]")) event.target.form?.requestSubmit();
  });

  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      for (const menu of document.querySelectorAll("details.menu[open]")) menu.open = false;
      document.getElementById("sidebar")?.classList.remove("sidebar--open");
    }
  });

  /** Single-letter shortcuts, silent while someone types. `keys({j: next, k: previous})` */
  const keys = (bindings) => {
    document.addEventListener("keydown", (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
      if (event.target.closest("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]") || document.querySelector("dialog[open]")) return;
      const deed = bindings[event.key.toLowerCase()];
      if (!deed) return;
      event.preventDefault();
      deed(event);
    });
  };

  /** Tabs: [role=tab][aria-controls] inside [role=tablist]; arrow keys move. */
  const showTab = (tab) => {
    for (const other of tab.closest("[role=tablist]").querySelectorAll("[role=tab]")) {
      const chosen = other === tab;
      other.setAttribute("aria-selected", String(chosen));
      other.tabIndex = chosen ? 0 : -1;
      document.getElementById(other.getAttribute("aria-controls"))?.toggleAttribute("hidden", !chosen);
    }
  };
  for (const list of document.querySelectorAll("[role=tablist]")) {
    list.addEventListener("click", (event) => {
      const tab = event.target.closest("[role=tab]");
      if (tab) showTab(tab);
    });
    list.addEventListener("keydown", (event) => {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (!step) return;
      const tabs = [...list.querySelectorAll("[role=tab]")];
      const next = tabs[(tabs.indexOf(document.activeElement) + step + tabs.length) % tabs.length];
      next.focus();
      showTab(next);
    });
  }

  /* Characters left: <textarea maxlength data-count> is followed by a counter. */
  for (const box of document.querySelectorAll("[data-count][maxlength]")) {
    const counter = make("span", { class: "field__count" });
    const tell = () => { counter.textContent = `${[...box.value].length} / ${box.maxLength}`; };
    box.after(counter);
    box.addEventListener("input", tell);
    tell();
  }

  window.Desk = { Problem, ask, icon, keys, make, newKey, say, send, toast, turnFrame };
})();
