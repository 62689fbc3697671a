/* The case in the builder: scenes as cards, each option with where it leads. Needs campaigns/cardlist.js. */
(() => {
  "use strict";

  const { make } = window.Desk;
  const root = document.querySelector("[data-simulation]");

  const freshId = (cards) => {
    const taken = new Set(cards.map((card) => card.id));
    for (let number = 1; ; number += 1) {
      const id = `S${String(number).padStart(2, "0")}`;
      if (!taken.has(id)) return id;
    }
  };
  const isEnding = (card) => !card.options.rows().length;
  const named = (card) => `${say("Number", card.id)} · ${card.written("title") || say("Empty")}`;

  /* Every list of targets offers every other scene; one that was deleted stays named until another is chosen. */
  const offerTargets = (cards) => {
    const all = cards.map((card) => [card.id, named(card)]);
    for (const card of cards) {
      for (const row of card.options.rows()) {
        const select = card.options.value(row, "to");
        const { chosen } = select.dataset;
        const offered = all.filter(([id]) => id !== card.id);
        if (chosen && !offered.some(([id]) => id === chosen)) offered.push([chosen, say("Gone", chosen)]);
        select.replaceChildren(make("option", { value: "" }, say("None")), ...offered.map(([id, words]) => make("option", { value: id }, words)));
        select.value = chosen;
      }
    }
  };

  const badge = (card, place) => {
    if (!isEnding(card)) return place ? { words: card.written("topic"), tone: "" } : { words: say("First"), tone: "brand" };
    const kind = { reached: say("Reached"), missed: say("Missed") }[card.written("outcome")];
    return { words: kind || say("Ending"), tone: card.written("outcome") === "reached" ? "good" : "caution" };
  };

  const { say } = window.Build.cardList({
    root,
    settings: "nodes",
    part: "node",
    fields: ["title", "topic", "text", "outcome", "explanation", "article"],
    options: {
      values: ["text", "to", "remark", "gains"],
      drawn: (row, option) => { row.querySelector('[data-value="to"]').dataset.chosen = option.to ?? ""; },
    },
    freshId,
    blank: () => ({ options: [{}, {}] }),
    key: (card) => card.id,
    badge,
    drawn(cards) {
      for (const card of cards) card.element.querySelector("[data-of-ending]").hidden = !isEnding(card);
      offerTargets(cards);
    },
    follow(builder, card, place) {
      if (isEnding(card)) builder.follow("result");
      else builder.follow("question", place);
    },
  });
  root.addEventListener("input", (event) => {
    if (event.target.matches('[data-value="to"]')) event.target.dataset.chosen = event.target.value;
  });
})();
