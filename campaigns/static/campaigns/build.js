/* The three-step builder: fills the form from the draft, saves while typing, shows findings, moves the phone along. */
(() => {
  "use strict";

  const { adoptInto, autosave, findings, make, send, toast, turnFrame } = window.Desk;
  const form = document.getElementById("build");
  const start = JSON.parse(document.getElementById("draft-json").textContent);
  const articles = new Map(JSON.parse(document.getElementById("articles-json").textContent));
  const phone = document.getElementById("phone");
  const keep = `draft.${form.dataset.campaign}`;
  let revision = start.revision;
  let draft = start.draft;

  window.Build = { game: null };

  /* --- reading and writing by path ------------------------------------------------------------------------- */
  const get = (path) => path.split(".").reduce((value, name) => value?.[name], draft);
  const set = (target, path, value) => {
    const names = path.split(".");
    const last = names.pop();
    let inner = target;
    for (const name of names) inner = inner[name] = { ...(inner[name] || {}) };
    inner[last] = value;
  };
  const drop = (target, path) => {
    const names = path.split(".");
    const last = names.pop();
    const holder = names.reduce((value, name) => value?.[name], target);
    if (holder) delete holder[last];
  };

  const isWay = (way, control) => way.kind === control.value && way.name === control.dataset.name;
  const controls = () => [...form.querySelectorAll("[data-path]")];
  const fill = (control) => {
    const value = get(control.dataset.path);
    switch (control.dataset.as) {
      case "bool": control.checked = Boolean(value); break;
      case "lines": control.value = (value || []).join("\n"); break;
      case "member": control.checked = (value || []).includes(control.value); break;
      case "channel": control.checked = (value || []).some((one) => isWay(one, control)); break;
      default: control.value = value ?? "";
    }
    control.dispatchEvent(new Event("input")); // for counters; it does not reach the form
  };
  const read = (target, control) => {
    const path = control.dataset.path;
    switch (control.dataset.as) {
      case "bool": set(target, path, control.checked); break;
      case "int": set(target, path, control.value.trim() === "" ? null : Number(control.value)); break;
      case "lines": set(target, path, control.value.split("\n").map((line) => line.trim()).filter(Boolean)); break;
      case "benefit": if (control.value) set(target, path, control.value); else drop(target, path.replace(/\.benefit$/, "")); break;
      case "member": case "channel": break;
      default: set(target, path, control.value);
    }
  };
  const readGroups = (target) => {
    for (const path of new Set(controls().filter((one) => one.dataset.as === "member").map((one) => one.dataset.path))) {
      set(target, path, controls().filter((one) => one.dataset.path === path && one.checked).map((one) => one.value));
    }
    const ways = controls().filter((one) => one.dataset.as === "channel");
    if (ways.length) {
      const others = (target.channels || []).filter((way) => !ways.some((control) => isWay(way, control)));
      const chosen = ways.filter((one) => one.checked).map((one) => ({ kind: one.value, name: one.dataset.name }));
      set(target, "channels", [...chosen, ...others]);
    }
  };
  const collect = () => {
    const written = JSON.parse(JSON.stringify(draft));
    for (const control of controls()) read(written, control);
    readGroups(written);
    if (window.Build.game) written.settings = { ...written.settings, ...window.Build.game.collect() };
    draft = written;
    return written;
  };

  /* --- steps ----------------------------------------------------------------------------------------------- */
  const panels = [...form.querySelectorAll("[data-panel]")];
  const steps = [...document.querySelectorAll("[data-step]")];
  const stepHere = () => Number(location.hash.replace("#step-", "")) || 1;
  const go = (number) => {
    const before = stepHere();
    const wanted = showStep(number);
    if (wanted !== before) history.pushState(null, "", `#step-${wanted}`); // the browser's Back leads to the step before
    panels[wanted - 1].querySelector("h2")?.focus();
  };
  const showStep = (number) => {
    const wanted = Math.min(Math.max(number, 1), panels.length);
    panels.forEach((panel) => { panel.hidden = Number(panel.dataset.panel) !== wanted; });
    steps.forEach((step) => {
      const here = Number(step.dataset.step) === wanted;
      step.classList.toggle("step--now", here);
      step.toggleAttribute("aria-current", false);
      if (here) step.setAttribute("aria-current", "step");
    });
    window.scrollTo({ top: 0 });
    if (wanted > 1) follow(wanted === 2 ? "result" : "landing");
    return wanted;
  };
  window.addEventListener("popstate", () => showStep(stepHere()));
  document.addEventListener("click", (event) => {
    const step = event.target.closest("[data-step], [data-go]");
    if (!step) return;
    event.preventDefault();
    go(Number(step.dataset.step || step.dataset.go));
  });

  /* --- findings -------------------------------------------------------------------------------------------- */
  /* What reviewers remarked stands at its field too, and goes along with the question or scene it is about. */
  const remarks = JSON.parse(document.getElementById("remarks-json").textContent);
  const placed = (remark) => {
    if (!remark.thing) return remark;
    const [settings, list, , ...rest] = remark.path.split(".");
    const place = (draft.settings?.[list] || []).findIndex((one) => one.id === remark.thing);
    return place < 0 ? { ...remark, path: "" } : { ...remark, path: [settings, list, place, ...rest].join(".") };
  };
  const hasSlot = (path) => form.querySelector(`[data-findings-for="${CSS.escape(path)}"]`) || /^settings\.\w+\.\d/.test(path);
  const shownRemarks = () => remarks.map(placed).map((one) => (hasSlot(one.path) && one.path ? { ...one, why: one.text } : one));
  let found = [];
  const panelOf = (path) => {
    const slot = form.querySelector(`[data-findings-for="${CSS.escape(path)}"]`);
    return Number(slot?.closest("[data-panel]")?.dataset.panel || (path.startsWith("settings") ? 1 : 3));
  };
  /* One tap ticks the sentence that is missing. */
  const tick = (path) => (finding) => {
    const box = controls().find((one) => one.dataset.path === path && one.value === finding.wording);
    if (box && !box.checked) box.click();
  };
  const controlFor = (path) => form.querySelector(`[data-path="${CSS.escape(path)}"]`);
  const show = (answer) => {
    found = [...answer.problems, ...answer.findings, ...shownRemarks()];
    const slots = [...form.querySelectorAll("[data-findings-for]")];
    const belongs = (one, slot) => one.path === slot.dataset.findingsFor
      || (slot.dataset.findingsUnder !== undefined && one.path.startsWith(`${slot.dataset.findingsFor}.`));
    const homeless = found.filter((one) => !/^settings\.\w+\.\d/.test(one.path) && !slots.some((slot) => belongs(one, slot)));
    for (const slot of slots) {
      const path = slot.dataset.findingsFor;
      const mine = path === "" ? homeless.concat(found.filter((one) => one.path === "")) : found.filter((one) => belongs(one, slot));
      const control = controlFor(path);
      findings(slot, mine, control && (control.dataset.as === "member" ? tick(path) : adoptInto(control)));
    }
    window.Build.game?.show(found);
    const worst = new Map();
    for (const one of found) {
      const panel = panelOf(one.path);
      if (one.severity === "block") worst.set(panel, "wrong");
      else if (!worst.has(panel)) worst.set(panel, "");
    }
    steps.forEach((step) => step.classList.toggle("step--wrong", worst.get(Number(step.dataset.step)) === "wrong"));
    const blocks = found.filter((one) => one.severity === "block").length;
    const warnings = found.filter((one) => one.severity !== "remark").length;
    const tally = document.querySelector("[data-tally]");
    tally.textContent = blocks
      ? form.dataset.wordBlocked.replace("{n}", blocks)
      : (warnings ? form.dataset.wordWarned.replace("{n}", warnings) : form.dataset.wordClean);
    tally.className = `badge badge--${blocks ? "danger" : (warnings ? "caution" : "good")}`;
    document.querySelector("button[data-submit]").disabled = blocks > 0;
    drawOverview(answer);
  };
  const drawOverview = (answer) => {
    const list = document.querySelector("[data-overview]");
    list.replaceChildren(...answer.overview.map((line) => make("li", {}, line)));
    const rules = form.querySelector("[data-generated-rules]");
    rules?.replaceChildren(...answer.rules.map((rule) => make("li", {}, rule)));
  };

  /* --- the phone ------------------------------------------------------------------------------------------- */
  let shown = { screen: "landing", item: 0 };
  const turn = () => {
    const query = new URLSearchParams({ screen: shown.screen, item: String(shown.item), r: String(revision) });
    turnFrame(phone, `${form.dataset.preview}?${query}`);
  };
  const follow = (screen, item = 0) => {
    if (shown.screen === screen && shown.item === item) return;
    shown = { screen, item };
    turn();
  };
  form.addEventListener("focusin", (event) => {
    const place = event.target.closest("[data-screen]");
    if (place) follow(place.dataset.screen);
  });

  /* --- saving ---------------------------------------------------------------------------------------------- */
  const saved = (answer) => {
    revision = answer.revision;
    window.Unsaved.drop(keep);
    show(answer);
    turn();
  };
  const saver = autosave(form, {
    url: form.dataset.save,
    collect: () => ({ revision, draft: collect() }),
    onSaved: saved,
    onProblem: (problem) => {
      remember(); // what was typed while the request was under way
      if (problem.code === "draft_moved") document.getElementById("moved").hidden = false;
    },
  });
  const remember = () => window.Unsaved.put(keep, { revision, draft: collect() });
  form.addEventListener("input", remember);

  const host = { touch: () => { remember(); saver.touch(); },
    follow, bankUrl: form.dataset.bank, articleName: (id) => articles.get(id) || "" };

  const fillAll = () => {
    controls().forEach(fill);
    window.Build.game?.mount(draft.settings || {}, host);
  };

  /* What was typed in this browser and never reached the server */
  const offerKept = () => {
    const left = window.Unsaved.get(keep);
    if (!left || JSON.stringify(left.draft) === JSON.stringify(start.draft)) return;
    const banner = document.getElementById("kept");
    banner.hidden = false;
    banner.querySelector("[data-restore]").addEventListener("click", () => {
      draft = left.draft;
      fillAll();
      saver.touch();
      banner.hidden = true;
    });
    banner.querySelector("[data-forget]").addEventListener("click", () => { window.Unsaved.drop(keep); banner.hidden = true; });
  };

  /* The note to the reviewers is no part of the draft: it waits in the tab until it is sent. */
  const note = document.getElementById("note");
  note.value = window.Unsaved.get(`note.${form.dataset.campaign}`) || "";
  note.addEventListener("input", () => window.Unsaved.put(`note.${form.dataset.campaign}`, note.value));

  /* --- submitting ------------------------------------------------------------------------------------------ */
  document.querySelector("button[data-submit]").addEventListener("click", async (event) => {
    const button = event.currentTarget;
    button.setAttribute("aria-busy", "true");
    try {
      if (!(await saver.flush())) return;
      const answer = await send(form.dataset.submit, { body: { revision, note: note.value } });
      window.Unsaved.drop(`note.${form.dataset.campaign}`);
      location.assign(answer.next);
    } catch (problem) {
      if (problem.details?.problems) {
        show({ ...lastAnswer(), problems: problem.details.problems, findings: [] });
        toast(problem.message, "danger");
      }
    } finally {
      button.removeAttribute("aria-busy");
    }
  });
  const lastAnswer = () => ({ overview: [...document.querySelectorAll("[data-overview] li")].map((line) => line.textContent), rules: [...form.querySelectorAll("[data-generated-rules] li")].map((line) => line.textContent) });

  document.addEventListener("DOMContentLoaded", () => {
    fillAll();
    offerKept();
    show(start);
    history.replaceState(null, "", `#step-${showStep(stepHere())}`);
    turn();
  });
})();
