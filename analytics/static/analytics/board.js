/* Keeps the board current: asks for what changed every two seconds and swaps the panel, keeping open tables open. */
(() => {
  const board = document.querySelector("[data-board]");
  if (!board) return;
  const lag = document.querySelector("[data-lag]");
  let have = "";

  const swap = (html) => {
    const open = new Set(Array.from(board.querySelectorAll("details[open]"), (one) => one.id));
    const focused = board.contains(document.activeElement) ? document.activeElement.closest("[id]")?.id : "";
    const fresh = new DOMParser().parseFromString(html, "text/html");
    fresh.querySelectorAll("details").forEach((one) => { one.open = open.has(one.id); });
    board.replaceChildren(...fresh.body.childNodes);
    if (focused) (document.getElementById(focused)?.querySelector("summary") ?? document.getElementById(focused))?.focus({ preventScroll: true });
  };

  const apply = (answer) => {
    if (answer.panel && answer.revision !== have) swap(answer.panel);
    have = answer.revision;
    if (lag) lag.textContent = answer.lag_seconds < 5 ? board.dataset.fresh : board.dataset.late.replace("{seconds}", answer.lag_seconds);
  };

  // Written out anew at each round: says which panel the page has already.
  const address = { toString: () => `${board.dataset.board}?have=${have}` };
  Desk.poll(address, 2000, apply);
})();
