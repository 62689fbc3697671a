/* ? shows the keys of this page. */
(() => {
  "use strict";

  const help = document.querySelector("[data-keys-help]");
  if (!help) return;
  const open = () => { if (!help.open) help.showModal(); };
  window.Desk?.keys({ "?": open });
  document.querySelector("[data-keys-open]")?.addEventListener("click", open);
})();
