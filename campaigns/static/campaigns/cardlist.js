/* A list of cards in the builder: drawn from the settings, moved, taken out with a way back, findings at their fields.
   Needs desk.js, campaigns/build.js and, for cards with options, campaigns/options.js. */
(() => {
  "use strict";

  const { adoptInto, findings, make, sortable } = window.Desk;
  const shape = (name) => document.querySelector(`template[data-part="${name}"]`).content.firstElementChild;

  /** The list of the settings called `settings`, under `root` ([data-list], [data-count], [data-add] and its words); it
      becomes the builder's game. `part` names the template of a card, `fields` its [data-field] controls, the first of
      which sums a card up; `options` is for cards with options. The others say what is special about these cards:
      `freshId`, `blank` (a new one), `key` (what a card is numbered by), `badge`, `drawn`, `follow` (the phone). */
  window.Build.cardList = ({
    root, settings, part, fields, options = null, freshId, blank,
    key = (card, place) => place + 1,
    badge = (card) => ({ words: card.written("topic"), tone: "" }),
    drawn = () => {},
    follow = () => {},
  }) => {
    const list = root.querySelector("[data-list]");
    const known = new WeakMap();
    let host;

    const say = (word, value = "") => root.dataset[`word${word}`].replace(/\{\w+\}/, value);
    const elements = () => [...list.children].filter((child) => child.matches(".question-card"));
    const cards = () => elements().map((element) => known.get(element));
    const cardOf = (event) => known.get(event.target.closest(".question-card"));

    const sumUp = (card, place) => {
      const shown = card.element.querySelector("[data-badge]");
      const { words, tone } = badge(card, place);
      card.element.querySelector("[data-number]").textContent = say("Number", key(card, place));
      card.element.querySelector("[data-summary]").textContent = card.written(fields[0]) || say("Empty");
      card.element.querySelector("[data-article-name]").textContent = host.articleName(card.written("article"));
      shown.textContent = words;
      shown.className = tone ? `badge badge--${tone}` : "badge";
      shown.hidden = !words;
    };
    const refresh = () => {
      cards().forEach(sumUp);
      root.querySelector("[data-count]").textContent = String(cards().length);
      drawn(cards());
    };
    const changed = () => { refresh(); host.touch(); };

    const draw = (one) => {
      const element = shape(part).cloneNode(true);
      const field = (name) => element.querySelector(`[data-field="${name}"]`);
      const card = { element, field, id: one.id || freshId(cards()), written: (name) => field(name).value.trim() };
      for (const name of fields) {
        field(name).value = one[name] ?? "";
        field(name).id = `${card.id}-${name}`;
        element.querySelector(`[data-for="${name}"]`).htmlFor = field(name).id;
      }
      if (options) {
        card.options = window.Options(element, { letters: root.dataset.letters, changed, ...options });
        card.options.fill(one.options, one.answer);
      }
      known.set(element, card);
      list.append(element);
      return card;
    };

    const add = (ones, open = false) => {
      const taken = new Set(cards().map((card) => card.id));
      const made = ones.map((one) => draw(taken.has(one.id) ? { ...one, id: "" } : one));
      changed();
      if (!open) return;
      made[0].element.querySelector("details").open = true;
      made[0].field(fields[0]).focus();
    };

    const remove = (card) => {
      const place = cards().indexOf(card);
      const gone = say("Removed", key(card, place));
      card.element.remove();
      changed();
      const undo = make("button", { type: "button", class: "button button--small" }, say("Undo"));
      const note = make("li", { class: "banner undo", role: "status" }, make("span", { class: "grow" }, gone), undo);
      undo.addEventListener("click", () => { note.replaceWith(card.element); changed(); });
      list.insertBefore(note, elements()[place] || null);
      setTimeout(() => note.remove(), 8000);
    };

    const show = (card, at, found) => {
      const mine = found.filter((one) => one.path === at || one.path.startsWith(`${at}.`));
      const adopt = (control) => (control?.matches("input, textarea") ? adoptInto(control) : null);
      const faults = card.element.querySelector("[data-faults]");
      faults.hidden = !mine.length;
      faults.textContent = String(mine.length);
      faults.className = `badge badge--${mine.some((one) => one.severity === "block") ? "danger" : "caution"}`;
      for (const slot of card.element.querySelectorAll("[data-slot]")) {
        const name = slot.dataset.slot;
        findings(slot, mine.filter((one) => one.path === (name ? `${at}.${name}` : at)), adopt(name ? card.field(name) : null));
      }
      card.options?.show(mine, `${at}.options.`, adopt);
    };

    list.addEventListener("click", (event) => { if (event.target.closest("[data-remove]")) remove(cardOf(event)); });
    list.addEventListener("input", (event) => {
      const card = cardOf(event);
      if (card) sumUp(card, cards().indexOf(card));
      if (event.target.matches(`[data-field="${fields[0]}"]`)) drawn(cards());
    });
    list.addEventListener("focusin", (event) => {
      const card = cardOf(event);
      if (card) follow(host, card, cards().indexOf(card));
    });
    root.querySelector("[data-add]").addEventListener("click", () => add([blank()], true));
    sortable(list, changed);

    window.Build.game = {
      mount(written, given) {
        host = given;
        list.replaceChildren();
        for (const one of written[settings] || []) draw(one);
        refresh();
      },
      collect: () => ({
        [settings]: cards().map((card) => ({
          id: card.id,
          ...Object.fromEntries(fields.map((name) => [name, card.written(name)])),
          ...card.options?.read(),
        })),
      }),
      show(found) { cards().forEach((card, place) => show(card, `settings.${settings}.${place}`, found)); },
    };
    return { add, cards, host: () => host, say };
  };
})();
