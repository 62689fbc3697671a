/* The review desk by keyboard: J/K move from section to section, the phone follows; A approves, R returns. */
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
    const url = `${phone.dataset.phone}?${where}`;
    if (phone.getAttribute("src") !== url) phone.setAttribute("src", url);
  };

  const go = (step) => {
    if (!stops.length) return;
    place = Math.min(stops.length - 1, Math.max(0, place + step));
    const stop = stops[place];
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    stop.focus({ preventScroll: true });
    stop.scrollIntoView({ block: "start", behavior: calm ? "auto" : "smooth" });
    window.scrollBy(0, -72);
    follow(stop);
  };

  stops.forEach((stop, number) => stop.addEventListener("focusin", () => { place = number; follow(stop); }));

  const press = (key) => form?.querySelector(`[data-key="${key}"]`)?.click();
  window.Desk?.keys({ j: () => go(1), k: () => go(-1), a: () => press("a"), r: () => press("r") });

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
