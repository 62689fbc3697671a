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

/* The table is turned into hashes here, in the browser; what was made is put into the upload form beside it. */
(() => {
  "use strict";

  const panel = document.querySelector("[data-hashing]");
  if (!panel) return;

  const words = JSON.parse(document.getElementById("hashing-words").textContent);
  const say = (code, values = {}) => (words[code] || words.failed).replace(/\{(\w+)\}/g, (whole, name) => (name in values ? String(values[name]) : whole));
  const part = (name) => panel.querySelector(`[data-hashing-${name}]`);
  const upload = document.querySelector("[data-upload] input[type=file]");

  const show = (text, tone) => {
    const place = part("result");
    place.hidden = false;
    place.dataset.tone = tone;
    place.querySelector("p").textContent = text;
  };

  const offer = (link, text, name) => {
    if (link.href.startsWith("blob:")) URL.revokeObjectURL(link.href);
    link.hidden = !text;
    if (!text) return;
    link.href = URL.createObjectURL(new Blob([text], { type: "text/plain" }));
    link.download = name;
  };

  const hand = (made) => {
    const list = new DataTransfer();
    if (made.hashes) list.items.add(new File([made.hashes], "hashes.txt", { type: "text/plain" }));
    upload.files = list.files;
  };

  part("start").addEventListener("click", async (event) => {
    const [file] = part("file").files;
    const button = event.currentTarget;
    if (!file) return show(say("no_file"), "danger");
    const bar = part("progress");
    button.disabled = true;
    bar.hidden = false;
    bar.value = 0;
    try {
      const made = await window.CustomerHashes.hashFile(file, part("key").value, part("column").value, (share) => { bar.value = share; });
      const faults = made.faults.map(([row, code]) => `${row},${code},${words.faults[code]}\n`).join("");
      offer(part("hashes"), made.hashes, "hashes.txt");
      offer(part("faults"), faults && `\ufeffrow,code,reason\n${faults}`, "hashes.txt.faults.csv");
      hand(made);
      const counts = { taken: made.taken.toLocaleString(), bad: made.faults.length.toLocaleString() };
      show(say(made.taken ? "done" : "nothing", counts), made.taken ? "good" : "danger");
    } catch (problem) {
      offer(part("hashes"), "", "");
      offer(part("faults"), "", "");
      show(say(problem.code || "failed", problem.values), "danger");
    } finally {
      button.disabled = false;
      bar.hidden = true;
    }
  });
})();
