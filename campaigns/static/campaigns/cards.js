/* Fact cards in the builder. Needs campaigns/cardlist.js. */
(() => {
  "use strict";

  window.Build.cardList({
    root: document.querySelector("[data-cards]"),
    settings: "cards",
    part: "card",
    fields: ["title", "text", "article", "topic"],
    freshId: () => `c-${window.Desk.newKey().slice(0, 8)}`,
    blank: () => ({}),
  });
})();
