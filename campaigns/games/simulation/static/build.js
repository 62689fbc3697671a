/* The case in the builder: scenes as cards, each option with where it leads. Needs desk.js and campaigns/build.js. */
(() => {
  "use strict";

  const { findings, make, sortable } = window.Desk;
  const root = document.querySelector("[data-simulation]");
  if (!root) return;

  const list = root.querySelector("[data-list]");
  const letters = root.dataset.letters;
  const FIELDS = ["title", "topic", "text", "outcome", "explanation", "article"];
  const VALUES = ["text", "to", "remark", "gains"];
  const say = (word, id = "") => root.dataset[`word${word}`].replace("{id}", id);
  const part = (name) => document.querySelector(`template[data-part="${name}"]`).content.firstElementChild.cloneNode(true);
  const cards = () => [...list.children].filter((child) => child.matches(".question-card"));
  const rows = (card) => [...card.querySelectorAll(".option-of-scene")];
  const field = (card, name) => card.querySelector(`[data-field="${name}"]`);
  const value = (row, name) => row.querySelector(`[data-value="${name}"]`);
  let builder;

  const freshId = () => {
    const taken = new Set(cards().map((card) => card.dataset.id));
    for (let number = 1; ; number += 1) {
      const id = `S${String(number).padStart(2, "0")}`;
      if (!taken.has(id)) return id;
    }
  };

  const named = (card) => `${say("Node", card.dataset.id)} · ${field(card, "title").value.trim() || say("Empty")}`;

  /* Every list of targets offers every other scene; one that was deleted stays named until another is chosen. */
  const offerTargets = () => {
    const all = cards().map((card) => [card.dataset.id, named(card)]);
    for (const card of cards()) {
      for (const row of rows(card)) {
        const select = value(row, "to");
        const chosen = select.dataset.chosen;
        const offered = all.filter(([id]) => id !== card.dataset.id);
        if (chosen && !offered.some(([id]) => id === chosen)) offered.push([chosen, say("Gone", chosen)]);
        select.replaceChildren(make("option", { value: "" }, say("None")), ...offered.map(([id, words]) => make("option", { value: id }, words)));
        select.value = chosen;
      }
    }
  };

  const summarise = (card, place) => {
    const ending = !rows(card).length;
    const outcome = field(card, "outcome").value;
    card.querySelector("[data-number]").textContent = say("Node", card.dataset.id);
    card.querySelector("[data-summary]").textContent = field(card, "title").value.trim() || say("Empty");
    card.querySelector("[data-article-name]").textContent = builder.articleName(field(card, "article").value.trim());
    card.querySelector("[data-of-ending]").hidden = !ending;
    card.querySelector("[data-add-option]").disabled = rows(card).length >= letters.length;
    const badge = card.querySelector("[data-badge]");
    const kind = { reached: say("Reached"), missed: say("Missed") }[outcome] || say("Ending");
    badge.textContent = ending ? kind : place === 0 ? say("First") : field(card, "topic").value.trim();
    badge.className = `badge${ending && outcome === "reached" ? " badge--good" : ending ? " badge--caution" : place === 0 ? " badge--brand" : ""}`;
    badge.hidden = !badge.textContent;
    rows(card).forEach((row, number) => { row.querySelector("[data-letter]").textContent = letters[number]; });
  };

  const refresh = () => {
    cards().forEach(summarise);
    root.querySelector("[data-count]").textContent = String(cards().length);
    offerTargets();
  };
  const changed = () => { refresh(); builder.touch(); };

  const optionRow = (option, wise) => {
    const row = part("option");
    for (const name of VALUES) value(row, name).value = option[name] ?? "";
    value(row, "to").dataset.chosen = option.to ?? "";
    row.querySelector("[data-right]").checked = wise;
    return row;
  };

  const draw = (node) => {
    const card = part("node");
    card.dataset.id = node.id || freshId();
    for (const name of FIELDS) {
      const control = field(card, name);
      control.value = node[name] ?? "";
      control.id = `${card.dataset.id}-${name}`;
      card.querySelector(`[data-for="${name}"]`).htmlFor = control.id;
    }
    const options = card.querySelector("[data-options]");
    for (const option of node.options || []) options.append(optionRow(option, (node.answer || "").includes(option.id)));
    return card;
  };

  const readCard = (card) => ({
    id: card.dataset.id,
    ...Object.fromEntries(FIELDS.map((name) => [name, field(card, name).value.trim()])),
    options: rows(card).map((row, number) => ({
      id: letters[number],
      ...Object.fromEntries(VALUES.map((name) => [name, value(row, name).value.trim()])),
      to: value(row, "to").dataset.chosen,
    })),
    answer: rows(card).map((row, number) => (row.querySelector("[data-right]").checked ? letters[number] : "")).join(""),
  });

  const remove = (card) => {
    const place = cards().indexOf(card);
    card.remove();
    changed();
    const undo = make("button", { type: "button", class: "button button--small" }, say("Undo"));
    const note = make("li", { class: "banner undo", role: "status" }, make("span", { class: "grow" }, say("Removed", card.dataset.id)), undo);
    undo.addEventListener("click", () => { note.replaceWith(card); changed(); });
    list.insertBefore(note, cards()[place] || null);
    setTimeout(() => note.remove(), 8000);
  };

  list.addEventListener("click", (event) => {
    const card = event.target.closest(".question-card");
    if (!card) return;
    if (event.target.closest("[data-remove]")) remove(card);
    if (event.target.closest("[data-add-option]")) {
      card.querySelector("[data-options]").append(optionRow({}, false));
      changed();
      value(rows(card).at(-1), "text").focus();
    }
    if (event.target.closest("[data-remove-option]")) {
      event.target.closest(".option-of-scene").remove();
      changed();
    }
  });
  list.addEventListener("input", (event) => {
    const card = event.target.closest(".question-card");
    if (!card) return;
    if (event.target.matches('[data-value="to"]')) event.target.dataset.chosen = event.target.value;
    summarise(card, cards().indexOf(card));
    if (event.target.matches('[data-field="title"]')) offerTargets();
  });
  list.addEventListener("focusin", (event) => {
    const card = event.target.closest(".question-card");
    if (!card) return;
    if (rows(card).length) builder.follow("question", cards().indexOf(card));
    else builder.follow("result");
  });
  root.querySelector("[data-add]").addEventListener("click", () => {
    const card = draw({ options: [{}, {}] });
    list.append(card);
    changed();
    card.querySelector("details").open = true;
    field(card, "title").focus();
  });

  const showIn = (slot, mine, control) => findings(slot, mine, control && control.matches("input, textarea") ? builder.adopt(control) : null);

  window.Build.game = {
    mount(settings, host) {
      builder = host;
      list.replaceChildren();
      for (const node of settings.nodes || []) list.append(draw(node));
      refresh();
      sortable(list, changed);
    },
    collect: () => ({ nodes: cards().map(readCard) }),
    /** Where findings about a scene are shown. */
    show(found) {
      cards().forEach((card, place) => {
        const at = `settings.nodes.${place}`;
        const mine = found.filter((finding) => finding.path === at || finding.path.startsWith(`${at}.`));
        const faults = card.querySelector("[data-faults]");
        faults.hidden = !mine.length;
        faults.textContent = String(mine.length);
        faults.className = `badge badge--${mine.some((finding) => finding.severity === "block") ? "danger" : "caution"}`;
        for (const slot of card.querySelectorAll("[data-slot]")) {
          const name = slot.dataset.slot;
          showIn(slot, mine.filter((finding) => finding.path === (name ? `${at}.${name}` : at)), name && field(card, name));
        }
        rows(card).forEach((row, number) => {
          for (const slot of row.querySelectorAll("[data-about]")) {
            const name = slot.dataset.about;
            showIn(slot, mine.filter((finding) => finding.path === `${at}.options.${number}.${name}`), value(row, name));
          }
        });
      });
    },
  };
})();
