/* Fact cards in the builder. Needs campaigns/cardlist.js. */
(() => {
  "use strict";

  window.Build.cardList({
    root: document.querySelector("[data-cards]"),
    settings: "cards",
    part: "card",
    fields: ["title", "text", "article", "topic"],
    freshId: () => `c-${crypto.randomUUID().slice(0, 8)}`,
    blank: () => ({}),
  });
})();
