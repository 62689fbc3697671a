/* The quiz in the builder: questions as cards. Needs desk.js and campaigns/build.js, which asks for `mount` and `collect`. */
(() => {
  "use strict";

  const { findings, make, send, sortable, toast } = window.Desk;
  const root = document.querySelector("[data-quiz]");
  if (!root) return;

  const part = (name) => document.querySelector(`template[data-part="${name}"]`).content.firstElementChild.cloneNode(true);
  const list = root.querySelector("[data-questions]");
  const letters = root.dataset.letters;
  const say = (word, n = "") => root.dataset[`word${word}`].replace("{n}", n);
  let builder;

  const freshId = () => `q-${crypto.randomUUID().slice(0, 8)}`;
  const blank = () => ({
    id: freshId(), text: "", options: ["A", "B", "C", "D"].map((id) => ({ id, text: "" })), answer: "", explanation: "", article: "", topic: "",
  });
  const cards = () => [...list.children].filter((child) => child.matches(".question-card"));

  const optionRow = (option, right) => {
    const row = part("option");
    row.querySelector("[data-option-text]").value = option.text ?? "";
    row.querySelector("[data-right]").checked = right;
    return row;
  };

  const relabel = (card) => {
    [...card.querySelectorAll(".option")].forEach((row, place) => { row.querySelector("[data-letter]").textContent = letters[place]; });
    card.querySelector("[data-add-option]").disabled = card.querySelectorAll(".option").length >= letters.length;
  };

  const summarise = (card) => {
    card.querySelector("[data-summary]").textContent = card.querySelector('[data-field="text"]').value.trim() || say("Empty");
    const topic = card.querySelector('[data-field="topic"]').value.trim();
    const badge = card.querySelector("[data-badge-topic]");
    badge.textContent = topic;
    badge.hidden = !topic;
    card.querySelector("[data-article-name]").textContent = builder.articleName(card.querySelector('[data-field="article"]').value.trim());
  };

  const renumber = () => {
    cards().forEach((card, place) => { card.querySelector("[data-number]").textContent = say("Question", place + 1); });
    root.querySelector("[data-count-questions]").textContent = String(cards().length);
  };

  const card = (question) => {
    const made = part("question");
    made.dataset.id = question.id || freshId();
    for (const control of made.querySelectorAll("[data-field]")) {
      const name = control.dataset.field;
      control.value = question[name] ?? "";
      control.id = `${made.dataset.id}-${name}`;
      made.querySelector(`[data-for="${name}"]`).htmlFor = control.id;
    }
    const options = made.querySelector("[data-options]");
    for (const option of question.options || []) options.append(optionRow(option, (question.answer || "").includes(option.id)));
    relabel(made);
    summarise(made);
    return made;
  };

  const readCard = (one) => {
    const rows = [...one.querySelectorAll(".option")];
    const field = (name) => one.querySelector(`[data-field="${name}"]`).value;
    return {
      id: one.dataset.id,
      text: field("text"),
      options: rows.map((row, place) => ({ id: letters[place], text: row.querySelector("[data-option-text]").value })),
      answer: rows.map((row, place) => (row.querySelector("[data-right]").checked ? letters[place] : "")).join(""),
      explanation: field("explanation"),
      article: field("article").trim(),
      topic: field("topic").trim(),
    };
  };

  const changed = () => { renumber(); builder.touch(); };

  const add = (questions, open = false) => {
    const taken = new Set(cards().map((one) => one.dataset.id));
    const made = questions.map((question) => card(taken.has(question.id) ? { ...question, id: freshId() } : question));
    list.append(...made);
    changed();
    if (open && made.length) {
      made[0].querySelector("details").open = true;
      made[0].querySelector('[data-field="text"]').focus();
    }
  };

  const remove = (one) => {
    const place = cards().indexOf(one);
    one.remove();
    changed();
    const undo = make("button", { type: "button", class: "button button--small" }, say("Undo"));
    const note = make("li", { class: "banner undo", role: "status" }, make("span", { class: "grow" }, say("Removed", place + 1)), undo);
    undo.addEventListener("click", () => { note.replaceWith(one); changed(); });
    list.insertBefore(note, cards()[place] || null);
    setTimeout(() => note.remove(), 8000);
  };

  list.addEventListener("click", (event) => {
    const one = event.target.closest(".question-card");
    if (!one) return;
    if (event.target.closest("[data-remove-question]")) remove(one);
    if (event.target.closest("[data-add-option]")) {
      one.querySelector("[data-options]").append(optionRow({ text: "" }, false));
      relabel(one);
      one.querySelector(".option:last-child [data-option-text]").focus();
      builder.touch();
    }
    if (event.target.closest("[data-remove-option]")) {
      event.target.closest(".option").remove();
      relabel(one);
      builder.touch();
    }
  });
  list.addEventListener("input", (event) => {
    const one = event.target.closest(".question-card");
    if (one) summarise(one);
  });
  list.addEventListener("focusin", (event) => {
    const one = event.target.closest(".question-card");
    if (one) builder.follow("question", cards().indexOf(one));
  });

  /* The bank */
  const dialog = document.getElementById("bank-dialog");
  const bankList = dialog.querySelector("[data-bank-list]");
  const chosen = new Map();
  let shown = [];
  let asked = 0;
  let page = 1;

  const drawBank = () => {
    const have = new Set(cards().map((one) => one.dataset.id));
    bankList.replaceChildren(...shown.map((one) => {
      const box = make("input", { type: "checkbox", value: one.id, disabled: have.has(one.id) });
      box.checked = chosen.has(one.id);
      return make("li", {}, make("label", { class: "check" }, box,
        make("span", {}, one.text, make("span", { class: "check__note" },
          `${one.ours ? "" : `${say("Own")} · `}${one.topic} · ${builder.articleName(one.article) || one.article}`))));
    }));
    dialog.querySelector("[data-bank-none]").hidden = shown.length > 0;
    dialog.querySelector("[data-bank-chosen]").textContent = say("Chosen", chosen.size);
  };
  /* The server says what may be used now: approved, in date, its article unchanged. */
  const fetchBank = async (wanted) => {
    const turn = asked += 1;
    const search = dialog.querySelector("[data-bank-search]").value.trim();
    const topics = dialog.querySelector("[data-bank-topic]");
    const query = new URLSearchParams({ q: search, topic: topics.value, page: String(wanted) });
    const answer = await send(`${builder.bankUrl}?${query}`, { method: "GET" });
    if (turn !== asked) return;
    page = wanted;
    shown = wanted === 1 ? answer.questions : shown.concat(answer.questions);
    dialog.querySelector("[data-bank-more]").hidden = !answer.more;
    if (topics.options.length < 2) {
      topics.replaceChildren(make("option", { value: "" }, say("All")), ...answer.topics.map((topic) => make("option", {}, topic)));
      document.getElementById("topic-list").replaceChildren(...answer.topics.map((topic) => make("option", { value: topic })));
    }
    drawBank();
  };
  let typing = 0;
  root.querySelector("[data-open-bank]").addEventListener("click", () => { chosen.clear(); fetchBank(1); });
  dialog.querySelector("[data-bank-more]").addEventListener("click", () => fetchBank(page + 1));
  dialog.addEventListener("input", (event) => {
    if (event.target.matches("[data-bank-search], [data-bank-topic]")) {
      clearTimeout(typing);
      typing = setTimeout(() => fetchBank(1), event.target.matches("select") ? 0 : 250);
    } else if (event.target.matches("[type=checkbox]")) {
      const one = shown.find((question) => question.id === event.target.value);
      if (event.target.checked) chosen.set(one.id, one); else chosen.delete(one.id);
      dialog.querySelector("[data-bank-chosen]").textContent = say("Chosen", chosen.size);
    }
  });
  dialog.querySelector("[data-bank-add]").addEventListener("click", () => {
    const count = chosen.size;
    add([...chosen.values()]);
    chosen.clear();
    dialog.close();
    if (count) toast(say("Added", count), "good");
  });

  /* Paste from a spreadsheet: tab-separated, cells with line breaks in quotes */
  const paste = document.getElementById("paste-dialog");
  const cells = (text) => {
    const rows = [[""]];
    let quoted = false;
    for (let place = 0; place < text.length; place += 1) {
      const sign = text[place];
      const row = rows[rows.length - 1];
      if (quoted && sign === '"' && text[place + 1] === '"') { row[row.length - 1] += '"'; place += 1; }
      else if (sign === '"' && (quoted || row[row.length - 1] === "")) quoted = !quoted;
      else if (!quoted && sign === "\t") row.push("");
      else if (!quoted && sign === "\n") rows.push([""]);
      else if (sign !== "\r") row[row.length - 1] += sign === "\n" ? " " : sign;
    }
    return rows.map((row) => row.map((cell) => cell.trim())).filter((row) => row.some(Boolean));
  };
  const understood = (row) => {
    if (row.length < 8) return null;
    const answer = row.slice(5, 6)[0].toUpperCase().replace(/[^A-D]/g, "");
    const texts = row.slice(1, 5);
    if (!row[0] || !answer) return null;
    const options = texts.map((text, place) => ({ id: letters[place], text })).filter((option) => option.text);
    return { id: freshId(), text: row[0], options, answer, explanation: row[6], article: row[7], topic: row[8] || "" };
  };
  const pasted = () => {
    const rows = cells(paste.querySelector("[data-paste-box]").value).filter((row) => !/^(题干|题目|question)$/i.test(row[0]));
    const questions = rows.map(understood);
    return { good: questions.filter(Boolean), bad: questions.filter((one) => !one).length };
  };
  paste.addEventListener("input", () => {
    const { good, bad } = pasted();
    paste.querySelector("[data-paste-add]").disabled = !good.length;
    paste.querySelector("[data-paste-note]").textContent = [good.length ? say("Chosen", good.length) : "", bad ? say("Unread", bad) : ""].filter(Boolean).join(" · ");
  });
  paste.querySelector("[data-paste-add]").addEventListener("click", () => {
    const { good } = pasted();
    add(good);
    paste.querySelector("[data-paste-box]").value = "";
    paste.close();
    toast(say("Added", good.length), "good");
  });

  window.Build.game = {
    mount(settings, host) {
      builder = host;
      list.replaceChildren(...(settings.questions || []).map(card));
      renumber();
      sortable(list, changed);
      root.querySelector("[data-add-question]").addEventListener("click", () => add([blank()], true));
    },
    collect: () => ({ questions: cards().map(readCard) }),
    /** Where findings about a question are shown. */
    show(found) {
      cards().forEach((one, place) => {
        const at = `settings.questions.${place}`;
        const mine = found.filter((finding) => finding.path === at || finding.path.startsWith(`${at}.`));
        const faults = one.querySelector("[data-faults]");
        faults.hidden = !mine.length;
        faults.textContent = String(mine.length);
        faults.className = `badge badge--${mine.some((finding) => finding.severity === "block") ? "danger" : "caution"}`;
        for (const slot of one.querySelectorAll("[data-slot]")) {
          const control = one.querySelector(`[data-field="${slot.dataset.slot}"]`);
          findings(slot, mine.filter((finding) => finding.path === `${at}.${slot.dataset.slot}`), control ? builder.adopt(control) : null);
        }
        [...one.querySelectorAll(".option")].forEach((row, option) => {
          const control = row.querySelector("[data-option-text]");
          findings(row.querySelector("[data-option-slot]"), mine.filter((finding) => finding.path.startsWith(`${at}.options.${option}.`)), builder.adopt(control));
        });
      });
    },
  };
})();
