/* The questions of a game that asks some: as cards, from the library, or pasted from a sheet. Needs campaigns/cardlist.js. */
(() => {
  "use strict";

  const { make, newKey, send, toast } = window.Desk;
  const root = document.querySelector("[data-questions]");
  const letters = root.dataset.letters;
  const freshId = () => `q-${newKey().slice(0, 8)}`;
  const { add, cards, host, say } = window.Build.cardList({
    root,
    settings: "questions",
    part: "question",
    fields: ["text", "explanation", "article", "topic"],
    options: {},
    freshId,
    blank: () => ({ options: ["A", "B", "C", "D"].map((id) => ({ id, text: "" })) }),
    follow: (builder, card, place) => builder.follow("question", place),
  });

  /* The library */
  const dialog = document.getElementById("bank-dialog");
  const bankList = dialog.querySelector("[data-bank-list]");
  const chosen = new Map();
  let shown = [];
  let asked = 0;
  let page = 1;

  const drawBank = () => {
    const have = new Set(cards().map((card) => card.id));
    bankList.replaceChildren(...shown.map((one) => {
      const box = make("input", { type: "checkbox", value: one.id, disabled: have.has(one.id) });
      box.checked = chosen.has(one.id);
      return make("li", {}, make("label", { class: "check" }, box,
        make("span", {}, one.text, make("span", { class: "check__note" },
          `${one.ours ? "" : `${say("Own")} · `}${one.topic} · ${host().articleName(one.article) || one.article}`))));
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
    const answer = await send(`${host().bankUrl}?${query}`, { method: "GET" });
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
  /* ＡＣ, "B and D", B、D, b: as campaigns/question_rows.py reads it; empty if unclear. */
  const answerIn = (typed) => {
    const plain = typed.normalize("NFKC").toUpperCase().trim().replace(/^(正确)?答案(是|为)?|^选项?/, "");
    const words = plain.split(/[^A-Z0-9\u4e00-\u9fff]+|以及|和|与|及|\bAND\b/).filter(Boolean);
    return words.every((word) => /^[A-D]+$/.test(word)) ? [...new Set(words.join(""))].sort().join("") : "";
  };
  const understood = (row) => {
    if (row.length < 8) return null;
    const answer = answerIn(row[5]);
    const texts = row.slice(1, 5);
    if (!row[0] || !answer || [...answer].some((letter) => !texts["ABCD".indexOf(letter)])) return null;
    const options = texts.map((text, place) => ({ id: letters[place], text })).filter((option) => option.text);
    return { id: freshId(), text: row[0], options, answer, explanation: row[6], article: row[7], topic: row[8] || "" };
  };
  const pasted = () => {
    const rows = cells(paste.querySelector("[data-paste-box]").value).filter((row) => !/^(题干|题目|question)$/i.test(row[0]));
    const questions = rows.map(understood);
    const bad = questions.flatMap((one, place) => (one ? [] : [place + 1]));
    return { good: questions.filter(Boolean), bad };
  };
  paste.addEventListener("input", () => {
    const { good, bad } = pasted();
    paste.querySelector("[data-paste-add]").disabled = !good.length;
    paste.querySelector("[data-paste-note]").textContent = [good.length ? say("Chosen", good.length) : "", bad.length ? `${say("Unread", bad.length)} (${bad.join(", ")})` : ""].filter(Boolean).join(" · ");
  });
  paste.querySelector("[data-paste-add]").addEventListener("click", () => {
    const { good } = pasted();
    add(good);
    paste.querySelector("[data-paste-box]").value = "";
    paste.close();
    toast(say("Added", good.length), "good");
  });
})();
