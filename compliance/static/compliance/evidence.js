/* While packages are being made, ask how far they are; when one is done, show the page anew. */
(() => {
  "use strict";

  const table = document.querySelector("[data-packages]");
  const rows = [...(table?.querySelectorAll("[data-making]") ?? [])];
  if (!rows.length) return;

  window.Desk.poll(table.dataset.packages, 2000, ({ making }) => {
    const known = new Map(making.map((one) => [one.id, one]));
    for (const row of rows) {
      const one = known.get(row.dataset.making);
      if (!one) {
        location.reload();
        return;
      }
      row.querySelector("progress").value = one.percent;
      row.querySelector("[data-done]").textContent = one.planned ? `${one.percent}% · ${one.done} / ${one.planned}` : `${one.percent}%`;
    }
  });
})();
