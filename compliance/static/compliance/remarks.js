/* Mentions: @ in a remark offers the colleagues of the page's list; the choice is posted as an id. */
(() => {
  "use strict";

  const people = [...document.querySelectorAll("#colleagues option")].map((one) => ({
    id: one.dataset.id, name: one.dataset.name, posts: one.dataset.posts, account: one.value,
  }));
  if (!people.length) return;
  const MOST = 8;
  let open = null;

  const token = (area) => /@([^\s@]{0,20})$/.exec(area.value.slice(0, area.selectionStart));
  const list = (area) => area.closest("[data-remark-box]")?.querySelector(".mention-list");

  const close = () => {
    if (!open) return;
    open.list.hidden = true;
    open.list.replaceChildren();
    open.area.removeAttribute("aria-activedescendant");
    open.area.setAttribute("aria-expanded", "false");
    open = null;
  };

  const point = (place) => {
    const options = [...open.list.children];
    open.place = (place + options.length) % options.length;
    options.forEach((option, number) => option.setAttribute("aria-selected", String(number === open.place)));
    open.area.setAttribute("aria-activedescendant", options[open.place].id);
    options[open.place].scrollIntoView({ block: "nearest" });
  };

  const choose = (place) => {
    const { area, found } = open;
    const one = found[place];
    const at = area.selectionStart;
    const before = area.value.slice(0, at).replace(/@[^\s@]{0,20}$/, `@${one.name} `);
    area.value = before + area.value.slice(at);
    area.setSelectionRange(before.length, before.length);
    if (!area.form.querySelector(`input[name="mentions"][value="${one.id}"]`)) {
      const kept = document.createElement("input");
      Object.assign(kept, { type: "hidden", name: "mentions", value: one.id });
      kept.dataset.name = one.name;
      kept.dataset.added = ""; // unsaved.js brings it back with the text
      area.form.append(kept);
    }
    close();
    area.focus();
  };

  const offer = (area) => {
    const typed = token(area);
    const wanted = typed && typed[1].toLowerCase();
    const found = typed ? people.filter((one) => one.account.toLowerCase().includes(wanted)).slice(0, MOST) : [];
    if (open && open.area !== area) close();
    if (!found.length) return close();
    const box = list(area);
    if (!box) return;
    box.id ||= `mention-${window.Desk.newKey()}`;
    box.replaceChildren(...found.map((one, number) => {
      const option = document.createElement("li");
      option.id = `${box.id}-${number}`;
      option.setAttribute("role", "option");
      const name = document.createElement("strong");
      name.textContent = one.name;
      const posts = document.createElement("span");
      posts.className = "faint";
      posts.textContent = one.posts;
      option.append(name, posts);
      option.addEventListener("mousedown", (event) => { event.preventDefault(); choose(number); });
      return option;
    }));
    box.hidden = false;
    area.setAttribute("role", "combobox");
    area.setAttribute("aria-autocomplete", "list");
    area.setAttribute("aria-controls", box.id);
    area.setAttribute("aria-expanded", "true");
    open = { area, list: box, found, place: 0 };
    point(0);
  };

  document.addEventListener("input", (event) => {
    if (event.target.matches?.("textarea[data-mentions]")) offer(event.target);
  });
  document.addEventListener("keydown", (event) => {
    if (!open || event.target !== open.area || event.isComposing) return;
    if (event.key === "ArrowDown") point(open.place + 1);
    else if (event.key === "ArrowUp") point(open.place - 1);
    else if (event.key === "Enter" || event.key === "Tab") choose(open.place);
    else if (event.key === "Escape") close();
    else return;
    event.preventDefault();
  });
  document.addEventListener("focusout", (event) => { if (open && event.target === open.area) close(); });
  /* Whose name was deleted from the text again is not mentioned. */
  document.addEventListener("submit", (event) => {
    const area = event.target.querySelector?.("textarea[data-mentions]");
    if (!area) return;
    for (const kept of event.target.querySelectorAll('input[name="mentions"]')) {
      if (!area.value.includes(`@${kept.dataset.name}`)) kept.remove();
    }
  }, true);
})();
