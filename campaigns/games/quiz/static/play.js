// The quiz on a phone: draws what the server says, sends one answer at a time, decides nothing.

const LETTERS = "ABCDEF";

function say(sentence, values = {}) {
  return sentence.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? values[name] : whole));
}

/** Draw the play on `stage.root`; results go to `stage.outcome`. The shell calls this again after each change of screen. */
export function mount(stage) {
  const { root, parts, articles } = stage;
  const words = parts.querySelector("[data-words]").dataset;
  let view = stage.view;
  let ticking = 0;

  const part = (name) => {
    const fragment = parts.querySelector(`template[data-part="${name}"]`).content.cloneNode(true);
    const slots = {};
    for (const element of fragment.querySelectorAll("[data-slot]")) slots[element.dataset.slot] = element;
    return { fragment, slots };
  };

  function ask() {
    const { fragment, slots } = part("question");
    const question = view.question;
        slots.count.textContent = say(words.count, { n: view.answered + 1, total: view.total });
    slots.bar.style.width = `${(view.answered / view.total) * 100}%`;
    slots.topic.textContent = question.topic;
    slots.topic.hidden = !question.topic;
    slots.text.textContent = question.text;
    slots.several.hidden = !question.multiple;
    slots.answers.setAttribute("aria-label", question.text);

    const cards = question.options.map((option, place) => card(option, place));
    slots.answers.append(...cards.map(({ element }) => element));
    let chosen = [];

    for (const { element, id } of cards) {
      element.addEventListener("click", () => {
        if (!question.multiple) return send(id);
        chosen = chosen.includes(id) ? chosen.filter((other) => other !== id) : [...chosen, id];
        element.classList.toggle("waiting", chosen.includes(id));
        element.setAttribute("aria-pressed", chosen.includes(id));
        slots.dock.hidden = false;
        slots.next.textContent = words.confirm;
        slots.next.disabled = !chosen.length;
        slots.next.onclick = () => send(chosen.sort().join(""));
      });
    }

    async function send(option) {
      for (const { element, id } of cards) {
        element.disabled = true;
        element.classList.toggle("waiting", option.includes(id));
      }
      slots.next.disabled = true;
      const step = await stage.move("answer", { question: question.id, option });
      if (!step) {
        for (const { element } of cards) element.disabled = false;
        slots.next.disabled = false;
        return;
      }
      view = step.view;
      if (!step.reply.explanation) return draw();
      explain(step.reply);
    }

    function explain(reply) {
      clearInterval(ticking);
      slots.bar.style.width = `${(view.answered / view.total) * 100}%`;
      for (const { element, id, slots: own } of cards) {
        const correct = reply.answer.includes(id);
        const picked = reply.option.includes(id);
        element.classList.remove("waiting");
        element.removeAttribute("aria-pressed");
        if (!correct && !picked) continue;
        element.classList.add(correct ? "right" : "wrong");
        own.mark.hidden = own.icon.toggleAttribute("hidden", false);
        own.mark.textContent = !correct ? words.yoursWrong : picked ? words.yoursRight : words.answer;
        own.icon.firstElementChild.setAttribute("href", correct ? "#i-yes" : "#i-no");
      }
      slots.lesson.classList.add(reply.correct ? "right" : "wrong");
      slots["verdict-icon"].setAttribute("href", reply.correct ? "#i-yes" : "#i-no");
      slots.verdict.textContent = reply.correct ? words.right : words.wrong;
      slots.explanation.textContent = reply.explanation;
      slots.article.textContent = articles[reply.article] ?? reply.article;
      slots.lesson.hidden = false;
      slots.next.disabled = false;
      slots.next.textContent = view.finished ? words.finish : words.next;
      slots.next.onclick = () => draw();
      slots.dock.hidden = false;
      stage.bringIntoView(slots.lesson);
      slots.next.focus({ preventScroll: true });
    }

    root.replaceChildren(fragment);
    clock(slots.clock);
    slots.text.focus({ preventScroll: true });
    window.scrollTo(0, 0);
  }

  function card(option, place) {
    const { fragment, slots } = part("answer");
    const element = fragment.firstElementChild;
    slots.letter.textContent = LETTERS[place];
    slots.words.textContent = option.text;
    return { element, slots, id: option.id };
  }

  function clock(slot) {
    clearInterval(ticking);
    if (view.seconds_left == null) return;
    const until = Date.now() + view.seconds_left * 1000;
    const tick = async () => {
      const left = Math.max(0, Math.ceil((until - Date.now()) / 1000));
      slot.textContent = say(words.clock, { time: `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}` });
      if (left > 0) return;
      clearInterval(ticking);
      const step = await stage.move("time_up", {});
      if (step) { view = step.view; draw(); }
    };
    slot.hidden = false;
    ticking = setInterval(tick, 1000);
    tick();
  }

  function outcome() {
    clearInterval(ticking);
    const { score, passed, correct, total } = view.result;
    const { fragment, slots } = part("outcome");
    slots.ring.classList.toggle("good", passed);
    slots.ring.style.setProperty("--share", score);
    slots.ring.setAttribute("aria-label", say(words.ring, { score }));
    slots.score.textContent = `${score}%`;
    slots.share.textContent = say(words.share, { right: correct, total });
    slots.headline.textContent = passed ? words.headlinePassed : words.headlineTried;
    slots.line.textContent = say(words.line, { right: correct, total, mark: view.pass_mark });
    if (view.result.next_edition) slots.line.textContent += ` ${say(words.edition, { day: view.result.next_edition })}`;
    return fragment;
  }

  function learnt() {
    const { fragment, slots } = part("learnt");
    for (const answered of view.history) {
      const { fragment: line, slots: own } = part("known");
      const item = line.firstElementChild;
      const sentence = answered.explanation.split(/(?<=。)/)[0];
      own.point.textContent = answered.correct ? sentence : words.review + sentence;
      own.source.textContent = articles[answered.article] ?? answered.article;
      item.classList.toggle("again", !answered.correct);
      if (!answered.correct) item.querySelector("use").setAttribute("href", "#i-book");
      slots.known.append(item);
    }
    return view.history.length ? fragment : "";
  }

  function draw() {
    if (view.finished) return stage.finish(outcome(), learnt());
    return ask();
  }

  draw();
  return () => clearInterval(ticking);
}
