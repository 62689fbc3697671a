/* Fact cards in the builder. Needs desk.js and campaigns/build.js, which asks for `mount`, `collect` and `show`. */
(() => {
  "use strict";

  const { findings, make, sortable } = window.Desk;
  const root = document.querySelector("[data-cards]");
  if (!root) return;

  const list = root.querySelector("[data-list]");
  const FIELDS = ["title", "text", "article", "topic"];
  const say = (word, n = "") => root.dataset[`word${word}`].replace("{n}", n);
  const cards = () => [...list.children].filter((child) => child.matches(".question-card"));
  const freshId = () => `c-${crypto.randomUUID().slice(0, 8)}`;
  let builder;

  const field = (card, name) => card.querySelector(`[data-field="${name}"]`);

  const summarise = (card) => {
    card.querySelector("[data-summary]").textContent = field(card, "title").value.trim() || say("Empty");
    const badge = card.querySelector("[data-badge]");
    badge.textContent = field(card, "topic").value.trim();
    badge.hidden = !badge.textContent;
    card.querySelector("[data-article-name]").textContent = builder.articleName(field(card, "article").value.trim());
  };

  const renumber = () => {
    cards().forEach((card, place) => { card.querySelector("[data-number]").textContent = say("Card", place + 1); });
    root.querySelector("[data-count]").textContent = String(cards().length);
  };

  const draw = (written) => {
    const card = document.querySelector('template[data-part="card"]').content.firstElementChild.cloneNode(true);
    card.dataset.id = written.id || freshId();
    for (const name of FIELDS) {
      const control = field(card, name);
      control.value = written[name] ?? "";
      control.id = `${card.dataset.id}-${name}`;
      card.querySelector(`[data-for="${name}"]`).htmlFor = control.id;
    }
    summarise(card);
    return card;
  };

  const changed = () => { renumber(); builder.touch(); };

  const remove = (card) => {
    const place = cards().indexOf(card);
    card.remove();
    changed();
    const undo = make("button", { type: "button", class: "button button--small" }, say("Undo"));
    const note = make("li", { class: "banner undo", role: "status" }, make("span", { class: "grow" }, say("Removed", place + 1)), undo);
    undo.addEventListener("click", () => { note.replaceWith(card); changed(); });
    list.insertBefore(note, cards()[place] || null);
    setTimeout(() => note.remove(), 8000);
  };

  list.addEventListener("click", (event) => {
    if (event.target.closest("[data-remove]")) remove(event.target.closest(".question-card"));
  });
  list.addEventListener("input", (event) => summarise(event.target.closest(".question-card")));
  root.querySelector("[data-add]").addEventListener("click", () => {
    const card = draw({});
    list.append(card);
    changed();
    card.querySelector("details").open = true;
    field(card, "title").focus();
  });

  window.Build.game = {
    mount(settings, host) {
      builder = host;
      list.replaceChildren(...(settings.cards || []).map(draw));
      renumber();
      sortable(list, changed);
    },
    collect: () => ({
      cards: cards().map((card) => ({
        id: card.dataset.id,
        ...Object.fromEntries(FIELDS.map((name) => [name, field(card, name).value.trim()])),
      })),
    }),
    /** Where findings about a card are shown. */
    show(found) {
      cards().forEach((card, place) => {
        const at = `settings.cards.${place}`;
        const mine = found.filter((finding) => finding.path === at || finding.path.startsWith(`${at}.`));
        const faults = card.querySelector("[data-faults]");
        faults.hidden = !mine.length;
        faults.textContent = String(mine.length);
        faults.className = `badge badge--${mine.some((finding) => finding.severity === "block") ? "danger" : "caution"}`;
        for (const slot of card.querySelectorAll("[data-slot]")) {
          const about = mine.filter((finding) => finding.path === `${at}.${slot.dataset.slot}`);
          findings(slot, about, builder.adopt(field(card, slot.dataset.slot)));
        }
      });
    },
  };
})();
