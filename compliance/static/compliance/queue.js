/* The queue by keyboard: J/K move from row to row, Enter opens, X ticks, / searches. Ticked rows are counted. */
(() => {
  "use strict";

  const rows = [...document.querySelectorAll("[data-queue-row]")];
  const ticks = rows.map((row) => row.querySelector("[name=review]")).filter(Boolean);
  const all = document.querySelector("[data-queue-all]");
  const count = document.querySelector("[data-queue-count]");
  let place = -1;

  const go = (step) => {
    if (!rows.length) return;
    place = Math.min(rows.length - 1, Math.max(0, place + step));
    rows[place].querySelector("a").focus();
  };

  rows.forEach((row, number) => row.addEventListener("focusin", () => { place = number; }));

  const tell = () => {
    if (!count) return;
    const ticked = ticks.filter((tick) => tick.checked).length;
    count.textContent = ticked ? count.dataset.some.replace("{n}", ticked) : count.dataset.none;
    all.checked = ticked === ticks.length;
    all.indeterminate = ticked > 0 && ticked < ticks.length;
  };

  all?.addEventListener("change", () => {
    for (const tick of ticks) tick.checked = all.checked;
    tell();
  });
  for (const tick of ticks) tick.addEventListener("change", tell);

  window.Desk?.keys({
    j: () => go(1),
    k: () => go(-1),
    x: () => rows[place]?.querySelector("[name=review]")?.click(),
    "/": () => document.querySelector("[data-queue-search]")?.focus(),
  });
})();
