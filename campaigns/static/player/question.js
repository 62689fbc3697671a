// A question with one or several right options, for every game that asks some: the part "question" of its page, filled.

/** How a stage asks: `view` says where the play is; `send` sends the choice and gives { reply, view } or null; `on`
    goes on after the explanation. */
export const question = (stage) => (view, { send, on }) => {
  const { said, say, part, cited, options, attend, bringIntoView } = stage;
  const { fragment, slots } = part("question");
  const asked = view.question;
  const progress = ({ answered, total }) => { slots.bar.style.width = `${(answered / total) * 100}%`; };
  progress(view);
  slots.count.textContent = say(said.count, { n: view.answered + 1, total: view.total });
  slots.topic.textContent = asked.topic;
  slots.topic.hidden = !asked.topic;
  slots.text.textContent = asked.text;
  slots.several.hidden = !asked.multiple;
  slots.answers.setAttribute("aria-label", asked.text);

  const cards = options(asked.options);
  slots.answers.append(...cards.map(({ element }) => element));
  let chosen = [];
  for (const { element, id } of cards) {
    element.addEventListener("click", () => {
      if (!asked.multiple) { choose(id); return; }
      chosen = chosen.includes(id) ? chosen.filter((other) => other !== id) : [...chosen, id];
      element.classList.toggle("waiting", chosen.includes(id));
      element.setAttribute("aria-pressed", chosen.includes(id));
      slots.dock.hidden = false;
      slots.next.textContent = said.confirm;
      slots.next.disabled = !chosen.length;
      slots.next.onclick = () => choose(chosen.sort().join(""));
    });
  }

  async function choose(option) {
    for (const { element, id } of cards) {
      element.disabled = true;
      element.classList.toggle("waiting", option.includes(id));
    }
    slots.next.disabled = true;
    const step = await send(asked.id, option);
    if (step) { explain(step); return; }
    for (const { element } of cards) element.disabled = false;
    slots.next.disabled = false;
  }

  function explain({ reply, view: after }) {
    if (!reply.explanation) { on(); return; }
    progress(after);
    for (const { element, id, slots: own } of cards) {
      const correct = reply.answer.includes(id);
      const picked = reply.option.includes(id);
      element.disabled = true;
      element.classList.remove("waiting");
      element.removeAttribute("aria-pressed");
      if (!correct && !picked) continue;
      element.classList.add(correct ? "right" : "wrong");
      own.mark.hidden = own.icon.toggleAttribute("hidden", false);
      own.mark.textContent = !correct ? said.yoursWrong : picked ? said.yoursRight : said.answer;
      own.icon.firstElementChild.setAttribute("href", correct ? "#i-yes" : "#i-no");
    }
    slots.lesson.classList.add(reply.correct ? "right" : "wrong");
    slots["verdict-icon"].setAttribute("href", reply.correct ? "#i-yes" : "#i-no");
    slots.verdict.textContent = reply.correct ? said.right : said.wrong;
    slots.explanation.textContent = reply.explanation;
    slots.article.textContent = cited(reply.article);
    slots.lesson.hidden = false;
    slots.next.disabled = false;
    slots.next.textContent = after.question ? said.next : said.finish;
    slots.next.onclick = () => on();
    slots.dock.hidden = false;
    bringIntoView(slots.lesson);
    attend(slots.next);
  }

  stage.root.replaceChildren(fragment);
  attend(slots.text);
  window.scrollTo(0, 0);
  if (stage.choose) choose(stage.choose);
  return slots;
};
