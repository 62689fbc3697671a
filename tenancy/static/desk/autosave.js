/* Drafts that save themselves, figures that refresh themselves, findings that show themselves. Needs desk.js. */
(() => {
  "use strict";

  const { make, say, send, toast } = window.Desk;

  const clock = () => new Intl.DateTimeFormat("zh-CN", { hour: "2-digit", minute: "2-digit", hour12: false, timeZone: "Asia/Shanghai" }).format(new Date());

  const PATIENCE = 15000;

  /**
   * Saves a form while it is being filled in.
   *
   *   const saver = Desk.autosave(form, {url, collect, onSaved, onProblem, wait: 900})
   *
   * `collect(form)` gives the JSON to send (default: the form's fields). One request is under way at a time; what is
   * typed meanwhile is sent next; failures are tried again with growing pauses. Leaving the page sends what is left.
   * When no answer came, the server may have saved all the same: the very same words are sent again before newer ones.
   * A conflict (409) stops saving and is handed to `onProblem`: somebody else changed the draft.
   */
  const autosave = (form, { url, collect, onSaved, onProblem, method = "POST", wait = 900 } = {}) => {
    const sign = document.querySelector(form.dataset.autosaveSign || "[data-autosave-sign]");
    const gather = collect || (() => Object.fromEntries(new FormData(form)));
    let timer = 0;
    let busy = false;
    let dirty = false;
    let stopped = false;
    let pause = wait;
    let unanswered = null;

    const show = (state, text) => {
      if (!sign) return;
      sign.dataset.state = state;
      sign.textContent = text;
    };

    const save = async () => {
      clearTimeout(timer);
      if (busy || stopped || !dirty) return;
      busy = true;
      dirty = false;
      show("saving", say("saving"));
      const again = unanswered;
      const body = again || gather(form);
      try {
        const answer = await send(url, { method, body, quiet: true, patience: PATIENCE });
        unanswered = null;
        pause = wait;
        if (again) dirty = true;
        else show("saved", say("saved_at", { time: clock() }));
        onSaved?.(answer);
      } catch (problem) {
        dirty = true;
        const final = [400, 401, 403, 404, 409, 413, 422].includes(problem.status);
        unanswered = final ? null : body;
        show("failed", final ? problem.message : say("save_later"));
        onProblem?.(problem);
        if (problem.status === 409 || problem.status === 401) {
          stopped = true;
          toast(problem.message, "danger");
        }
        pause = final ? wait : Math.min(pause * 2, 30000);
        if (final) dirty = problem.status === 401 || problem.status === 409;
      } finally {
        busy = false;
      }
      if (again && !unanswered) return save();
      if (dirty && !stopped) timer = setTimeout(save, pause);
    };

    const touch = () => {
      dirty = true;
      if (stopped) return;
      clearTimeout(timer);
      timer = setTimeout(save, pause);
    };

    form.addEventListener("input", (event) => { if (!event.isComposing) touch(); });
    form.addEventListener("change", touch);
    form.addEventListener("compositionend", touch);
    document.addEventListener("visibilitychange", () => { if (document.visibilityState === "hidden") save(); });
    window.addEventListener("beforeunload", (event) => {
      if (!dirty && !busy) return;
      if (dirty && !stopped) send(url, { method, body: gather(form), quiet: true, keepalive: true }).catch(() => {});
      event.preventDefault();
    });

    return {
      touch,
      /** Saves now and resolves once nothing is left to save (or saving was refused). */
      async flush() {
        while (busy) await new Promise((resolve) => setTimeout(resolve, 60));
        if (dirty) await save();
        return !dirty;
      },
    };
  };

  /**
   * Reads a JSON address again and again: `const stop = Desk.poll("/desk/…", 3000, (answer) => …)`.
   * Rests while the page is hidden, backs off on failure, and shows its pulse in [data-live] if there is one.
   */
  const poll = (url, every, apply) => {
    const pulse = document.querySelector("[data-live]");
    let timer = 0;
    let misses = 0;
    let stopped = false;
    const round = async () => {
      clearTimeout(timer);
      if (stopped) return;
      if (document.visibilityState === "visible") {
        try {
          apply(await send(url, { method: "GET", quiet: true, background: true }));
          misses = 0;
          if (pulse) { pulse.dataset.state = "live"; pulse.textContent = say("live_at", { time: clock() }); }
        } catch (problem) {
          misses += 1;
          if (pulse) { pulse.dataset.state = misses > 2 ? "lost" : "late"; pulse.textContent = say(misses > 2 ? "live_lost" : "live_late"); }
          if (problem.status === 401) stopped = true;
        }
      }
      if (!stopped) timer = setTimeout(round, Math.min(every * 2 ** misses, 60000));
    };
    document.addEventListener("visibilitychange", () => { if (document.visibilityState === "visible") round(); });
    round();
    return () => { stopped = true; clearTimeout(timer); };
  };

  /**
   * Shows what the compliance scan found under the field it concerns.
   *
   *   Desk.findings(slot, [{severity, rule, category, matched, why, article, penalty, suggestion}], (finding) => …)
   *
   * `severity`: "block" | "warn" | "hint". With a suggestion and a callback, a one-tap button offers the wording;
   * `advice` is shown where there is no wording to offer.
   */
  const findings = (slot, found, adopt) => {
    slot.replaceChildren(...found.map((one) => {
      const box = make("div", { class: `finding finding--${one.severity}` });
      box.append(make("div", { class: "finding__head" }, one.matched ? make("mark", { class: one.severity === "block" ? "mark--danger" : "" }, one.matched) : null, make("span", {}, one.why || "")));
      if (one.article || one.rule) box.append(make("div", { class: "finding__law" }, [one.article, one.penalty].filter(Boolean).join(" · "), one.rule ? make("code", { class: "finding__rule" }, one.rule) : null));
      if (one.advice && one.advice !== one.suggestion) box.append(make("div", { class: "finding__advice" }, one.advice));
      if (one.suggestion) {
        const words = one.wording === "" ? [make("span", {}, one.suggestion)] : [make("span", {}, say("reword")), make("q", {}, one.suggestion)];
        const line = make("div", { class: "finding__advice" }, ...words);
        if (adopt) {
          const button = make("button", { type: "button", class: "button button--small" }, say("adopt"));
          button.addEventListener("click", () => adopt(one));
          line.append(button);
        }
        box.append(line);
      }
      return box;
    }));
  };

  /** Puts the wording where the scan found the other, or takes that out, and tells the form; spans count code points. */
  const adoptInto = (control) => (finding) => {
    const wording = finding.wording ?? finding.suggestion;
    const signs = [...control.value];
    const isThere = finding.matched && signs.slice(finding.start, finding.end).join("") === finding.matched;
    if (isThere) control.value = [...signs.slice(0, finding.start), wording, ...signs.slice(finding.end)].join("");
    else control.value = finding.matched ? control.value.replace(finding.matched, () => wording) : wording;
    control.dispatchEvent(new Event("input", { bubbles: true }));
    control.focus();
  };

  /** Drag (or Alt+↑/↓ on the handle) to reorder the children of `list`; calls `moved()` afterwards. */
  const sortable = (list, moved) => {
    let held = null;
    list.classList.add("sortable");
    list.addEventListener("pointerdown", (event) => {
      const handle = event.target.closest(".handle");
      if (!handle) return;
      held = [...list.children].find((child) => child.contains(handle));
      held.classList.add("dragging");
      handle.setPointerCapture(event.pointerId);
      event.preventDefault();
    });
    list.addEventListener("pointermove", (event) => {
      if (!held) return;
      const over = [...list.children].find((child) => {
        const box = child.getBoundingClientRect();
        return child !== held && event.clientY > box.top && event.clientY < box.bottom;
      });
      if (!over) return;
      const box = over.getBoundingClientRect();
      list.insertBefore(held, event.clientY < box.top + box.height / 2 ? over : over.nextSibling);
    });
    const drop = () => {
      if (!held) return;
      held.classList.remove("dragging");
      held = null;
      moved?.();
    };
    list.addEventListener("pointerup", drop);
    list.addEventListener("pointercancel", drop);
    list.addEventListener("keydown", (event) => {
      const handle = event.target.closest(".handle");
      if (!handle || !event.altKey || !["ArrowUp", "ArrowDown"].includes(event.key)) return;
      event.preventDefault();
      const item = [...list.children].find((child) => child.contains(handle));
      if (event.key === "ArrowUp" && item.previousElementSibling) item.previousElementSibling.before(item);
      if (event.key === "ArrowDown" && item.nextElementSibling) item.nextElementSibling.after(item);
      handle.focus();
      moved?.();
    });
  };

  Object.assign(window.Desk, { adoptInto, autosave, findings, poll, sortable });
})();
