/* The review desk by keyboard: J/K move from section to section, C to the next change, D to the next finding
   nobody has answered, ready for the reason; the phone follows; O opens what is folded; P shows the phone's next state;
   A approves, R returns, N goes to the next review, ? shows the keys. */
(() => {
  "use strict";

  const desk = document.querySelector("[data-review]");
  if (!desk) return;
  const stops = [...document.querySelectorAll("[data-stop]")];
  const phone = document.querySelector("[data-phone]");
  const form = document.querySelector("[data-decide]");
  const reasons = document.getElementById("reasons");
  let place = -1;

  const follow = (stop) => {
    if (!phone || !stop.dataset.screen) return;
    const where = new URLSearchParams({ screen: stop.dataset.screen });
    if (stop.dataset.item) where.set("item", stop.dataset.item);
    window.Desk.turnFrame(phone, `${phone.dataset.phone}?${where}`);
    mark(stop.dataset.screen);
  };

  /* The states of a phone that has some: before an answer, after a right one, after a wrong one. */
  const states = [...document.querySelectorAll("[data-show]")];
  const showState = (button) => {
    if (!phone || !button) return;
    window.Desk.turnFrame(phone, `${phone.dataset.phone}?screen=${button.dataset.show}`);
    mark(button.dataset.show);
  };
  const mark = (screen) => states.forEach((each) => each.setAttribute("aria-pressed", each.dataset.show === screen));
  const nextState = () => showState(states[(states.findIndex((each) => each.ariaPressed === "true") + 1) % states.length]);
  states.forEach((button) => button.addEventListener("click", () => showState(button)));

  const go = (step) => {
    if (stops.length) show(Math.min(stops.length - 1, Math.max(0, place + step)));
  };

  const show = (number) => {
    place = number;
    const stop = stops[place];
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    stop.focus({ preventScroll: true });
    stop.scrollIntoView({ block: "start", behavior: calm ? "auto" : "smooth" });
    follow(stop);
  };

  stops.forEach((stop, number) => stop.addEventListener("focusin", () => { place = number; follow(stop); }));

  const toChange = () => {
    const next = stops.findIndex((stop, number) => number > place && stop.matches(".section--changed"));
    const first = stops.findIndex((stop) => stop.matches(".section--changed"));
    if (first >= 0) show(next >= 0 ? next : first);
  };

  const fold = () => {
    const stop = stops[place];
    if (stop?.matches("details")) stop.open = !stop.open;
  };

  const toUnanswered = () => {
    const waiting = [...document.querySelectorAll("[data-unanswered]")].filter((one) => one.querySelector("form"));
    if (!waiting.length) return;
    const next = waiting[(waiting.findIndex((one) => one.contains(document.activeElement)) + 1) % waiting.length];
    next.closest("details.section")?.setAttribute("open", "");
    next.querySelector("details.aside-form")?.setAttribute("open", "");
    const field = next.querySelector("input[name=reason], form button");
    field.scrollIntoView({ block: "center" });
    field.focus({ preventScroll: true });
  };

  /* A link to a field inside a folded section opens it. */
  const unfold = () => {
    const field = location.hash.length > 1 && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    const folded = field && field.closest("details.section");
    if (!folded || folded.open) return;
    folded.open = true;
    field.scrollIntoView();
  };
  window.addEventListener("hashchange", unfold);
  unfold();

  const press = (key) => form?.querySelector(`[data-key="${key}"]`)?.click();
  window.Desk?.keys({
    j: () => go(1),
    k: () => go(-1),
    c: toChange,
    d: toUnanswered,
    o: fold,
    p: nextState,
    a: () => press("a"),
    r: () => press("r"),
    n: () => document.querySelector("[data-next]")?.click(),
  });

  form?.addEventListener("click", (event) => {
    const button = event.target.closest("[data-needs-reasons]");
    if (!button || !reasons) return;
    reasons.required = true;
    if (!reasons.value.trim()) {
      event.preventDefault();
      reasons.focus();
      reasons.reportValidity();
    }
  });
  form?.querySelector('[value="approve"]')?.addEventListener("click", () => { reasons.required = false; });

  if (desk.dataset.look) window.Desk?.send(desk.dataset.look, { quiet: true }).catch(() => {});
})();
