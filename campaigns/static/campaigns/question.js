/* One question of the library: fills the form, saves while typing, shows findings under the fields. Needs desk.js and campaigns/options.js. */
(() => {
  "use strict";

  const { adoptInto, autosave, findings, send, toast } = window.Desk;
  const form = document.getElementById("question");
  const start = JSON.parse(document.getElementById("question-json").textContent);
  const articles = new Map(JSON.parse(document.getElementById("articles-json").textContent));
  const keep = `question.${form.dataset.question}`;
  let revision = start.revision;

  const field = (name) => form.querySelector(`[data-field="${name}"]`);
  const options = window.Options(form, { letters: form.dataset.letters, changed: () => { remember(); saver.touch(); } });
  const nameArticle = () => { form.querySelector("[data-article-name]").textContent = articles.get(field("article").value.trim()) || ""; };

  const fill = (question) => {
    for (const control of form.querySelectorAll("[data-field]")) {
      control.value = question[control.dataset.field] ?? "";
      control.dispatchEvent(new Event("input")); // for counters; it does not reach the form
    }
    options.fill(question.options, question.answer);
    for (const box of form.querySelectorAll("[data-sector]")) box.checked = question.sectors.includes(box.value);
    nameArticle();
  };
  const collect = () => {
    const typed = Object.fromEntries([...form.querySelectorAll("[data-field]")].map((control) => [control.dataset.field, control.value]));
    return {
      ...typed,
      article: typed.article.trim(),
      topic: typed.topic.trim(),
      ...options.read(),
      sectors: [...form.querySelectorAll("[data-sector]:checked")].map((box) => box.value),
    };
  };

  /* What reviewers remarked stands at its field beside what the check found. */
  const remarks = start.remarks.map((one) => ({ ...one, why: one.text }));
  const show = (problems) => {
    const found = [...problems, ...remarks];
    for (const slot of form.querySelectorAll("[data-slot]")) {
      const control = field(slot.dataset.slot);
      findings(slot, found.filter((one) => one.path === slot.dataset.slot), control ? adoptInto(control) : null);
    }
    options.show(found, "options.", adoptInto);
    const blocks = found.filter((one) => one.severity === "block").length;
    const tally = document.querySelector("[data-tally]");
    tally.textContent = blocks
      ? form.dataset.wordBlocked.replace("{n}", blocks)
      : (problems.length ? form.dataset.wordWarned.replace("{n}", problems.length) : form.dataset.wordClean);
    tally.className = `badge badge--${blocks ? "danger" : (problems.length ? "caution" : "good")}`;
    const button = form.querySelector("[data-send]");
    if (button) button.disabled = blocks > 0;
  };

  fill(start.question);
  if (form.dataset.readOnly !== undefined) return;

  const remember = () => window.Unsaved.put(keep, collect());
  const saver = autosave(form, {
    url: form.dataset.save,
    collect: () => ({ revision, question: collect() }),
    onSaved: (answer) => {
      revision = answer.revision;
      window.Unsaved.drop(keep);
      show(answer.problems);
    },
    onProblem: () => remember(), // what was typed while the request was under way
  });
  form.addEventListener("input", (event) => {
    if (event.target === field("article")) nameArticle();
    remember();
  });
  form.querySelector("[data-send]")?.addEventListener("click", async (event) => {
    const button = event.currentTarget;
    button.setAttribute("aria-busy", "true");
    try {
      if (!(await saver.flush())) return;
      location.assign((await send(form.dataset.submit)).next);
    } catch (problem) {
      if (problem.details?.problems) show(problem.details.problems);
      toast(problem.message, "danger");
    } finally {
      button.removeAttribute("aria-busy");
    }
  });

  /* What was typed in this browser and never reached the server */
  const left = window.Unsaved.get(keep);
  if (left && JSON.stringify(left) !== JSON.stringify(collect())) {
    const banner = document.getElementById("kept");
    banner.hidden = false;
    banner.querySelector("[data-restore]").addEventListener("click", () => { fill(left); saver.touch(); banner.hidden = true; });
    banner.querySelector("[data-forget]").addEventListener("click", () => { window.Unsaved.drop(keep); banner.hidden = true; });
  }
  show(start.problems);
})();
