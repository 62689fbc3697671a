/* While a list is being loaded, ask how far it is; when it is done, show the page anew. */
(() => {
  "use strict";

  const table = document.querySelector("[data-imports]");
  const row = table?.querySelector("tbody tr");
  if (!row?.querySelector(".badge--brand")) return;

  const cells = row.querySelectorAll("td");
  const ask = async () => {
    const told = await window.Desk.send(table.dataset.imports, { method: "GET", quiet: true, background: true }).catch(() => null);
    if (!told) return;
    cells[2].textContent = `${told.percent}%`;
    cells[3].textContent = told.rows.toLocaleString();
    cells[5].textContent = told.bad.toLocaleString();
    if (told.state !== "loading") location.reload();
  };
  setInterval(ask, 2000);
})();
