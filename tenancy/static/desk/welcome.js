/* The invitation's token stands behind the # of its link, where no server log sees it: put it into the form. */
(() => {
  "use strict";
  const field = document.querySelector("[data-from-fragment]");
  const token = decodeURIComponent(window.location.hash.slice(1));
  if (!field || !token) return;
  field.value = token;
  history.replaceState(null, "", window.location.pathname);
  document.getElementById("id_new")?.focus();
})();
