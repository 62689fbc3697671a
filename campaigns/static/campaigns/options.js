/* The options of a question or a scene: lettered rows, each with a tick for what is right. Needs desk.js. */
(() => {
  "use strict";

  const { findings } = window.Desk;

  /** Rows under `holder`: [data-options] holds them, [data-add-option] asks for one, the page's template "option" shapes
      them. `values` names their [data-value] controls, the first of which is written into first. */
  window.Options = (holder, { letters, values = ["text"], drawn = () => {}, changed }) => {
    const list = holder.querySelector("[data-options]");
    const shape = document.querySelector('template[data-part="option"]').content.firstElementChild;
    const rows = () => [...list.children];
    const value = (row, name) => row.querySelector(`[data-value="${name}"]`);
    const isRight = (row) => row.querySelector("[data-right]").checked;

    const relabel = () => {
      rows().forEach((row, place) => { row.querySelector("[data-letter]").textContent = letters[place]; });
      holder.querySelector("[data-add-option]").disabled = rows().length >= letters.length;
    };
    const add = (option, right) => {
      const row = shape.cloneNode(true);
      for (const name of values) value(row, name).value = option[name] ?? "";
      row.querySelector("[data-right]").checked = right;
      list.append(row);
      drawn(row, option);
      return row;
    };

    holder.addEventListener("click", (event) => {
      const out = event.target.closest("[data-remove-option]");
      if (out) rows().find((row) => row.contains(out)).remove();
      else if (event.target.closest("[data-add-option]")) value(add({}, false), values[0]).focus();
      else return;
      relabel();
      changed();
    });

    return {
      rows,
      value,
      fill(options = [], answer = "") {
        list.replaceChildren();
        for (const option of options) add(option, answer.includes(option.id));
        relabel();
      },
      read: () => ({
        options: rows().map((row, place) => ({
          id: letters[place],
          ...Object.fromEntries(values.map((name) => [name, value(row, name).value.trim()])),
        })),
        answer: rows().map((row, place) => (isRight(row) ? letters[place] : "")).join(""),
      }),
      /** Findings beside what they are about; `adopt` gives the one-tap deed for a control. */
      show(found, at, adopt) {
        rows().forEach((row, place) => {
          for (const slot of row.querySelectorAll("[data-about]")) {
            const mine = found.filter((one) => one.path === `${at}${place}.${slot.dataset.about}`);
            findings(slot, mine, adopt(value(row, slot.dataset.about)));
          }
        });
      },
    };
  };
})();
