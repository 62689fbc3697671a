// A case on a phone: draws what the server says, sends one choice at a time, decides nothing.

/** Draw the case on `stage.root`; its ending goes to `stage.finish`. The shell calls this again after each change of screen. */
export function mount(stage) {
  const { root, words, say, part, cited, attend } = stage;
  let view = stage.view;
  const mark = (correct) => (correct ? words.wise : words.detour);

  function papers(list, fresh = "") {
    list.replaceChildren(...view.file.map((what, place) => {
      const paper = Object.assign(document.createElement("li"), { textContent: what });
      paper.classList.toggle("fresh", Boolean(fresh) && place === view.file.length - 1);
      return paper;
    }));
  }

  function caseFile(slots, fresh = "") {
    slots.held.textContent = say(words.held, { n: view.file.length });
    slots.nothing.hidden = view.history.length > 0;
    slots.steps.replaceChildren(...view.history.map((step) => {
      const { fragment, slots: own } = part("taken");
      own.title.textContent = step.title;
      own.chosen.textContent = step.options.find((option) => option.id === step.option)?.text ?? "";
      own.remark.textContent = step.remark;
      return fragment;
    }));
    papers(slots.papers, fresh);
  }

  function progress(slots, taken) {
    const whole = view.answered + view.ahead;
    slots.bar.style.width = `${whole ? (view.answered / whole) * 100 : 100}%`;
    slots.count.textContent = say(words.count, { n: taken });
    slots.ahead.hidden = !view.ahead;
    slots.ahead.textContent = view.ahead ? say(words.ahead, { n: view.ahead }) : "";
  }

  function ask() {
    const { fragment, slots } = part("scene");
    const scene = view.question;
    progress(slots, view.answered + 1);
    caseFile(slots);
    slots.topic.textContent = scene.topic;
    slots.topic.hidden = !scene.topic;
    slots.title.textContent = scene.title;
    slots.text.textContent = scene.text;
    slots.answers.setAttribute("aria-label", scene.title);

    const cards = stage.options(scene.options);
    slots.answers.append(...cards.map(({ element }) => element));
    for (const { element, id } of cards) element.addEventListener("click", () => send(id));

    async function send(option) {
      for (const { element, id } of cards) {
        element.disabled = true;
        element.classList.toggle("waiting", id === option);
      }
      const step = await stage.move("answer", { question: scene.id, option });
      if (!step) {
        for (const { element } of cards) { element.disabled = false; element.classList.remove("waiting"); }
        return;
      }
      view = step.view;
      remark(step.reply);
    }

    function remark(reply) {
      progress(slots, view.answered);
      caseFile(slots, reply.gains);
      for (const { element, slots: own, id } of cards) {
        const wise = reply.answer.includes(id);
        const picked = reply.option === id;
        element.classList.remove("waiting");
        if (!wise && !picked) continue;
        element.classList.add(wise ? "right" : "detour");
        own.mark.hidden = false;
        own.mark.textContent = picked ? words.yours : words.wiser;
      }
      slots.lesson.classList.add(reply.correct ? "right" : "detour");
      slots["verdict-icon"].setAttribute("href", reply.correct ? "#i-yes" : "#i-again");
      slots.verdict.textContent = mark(reply.correct);
      slots.remark.textContent = reply.remark;
      slots.gained.hidden = !reply.gains;
      slots.gained.textContent = say(words.gained, { what: reply.gains });
      slots.law.hidden = !reply.explanation;
      slots.explanation.textContent = reply.explanation;
      slots.article.textContent = cited(reply.article);
      slots.lesson.hidden = false;
      slots.next.textContent = view.finished ? words.finish : words.next;
      slots.next.onclick = () => draw();
      slots.dock.hidden = false;
      stage.bringIntoView(slots.lesson);
      attend(slots.next);
    }

    root.replaceChildren(fragment);
    attend(slots.title);
    window.scrollTo(0, 0);
  }

  function outcome() {
    const { passed, reached, title, text, explanation, article, total, closing } = view.result;
    const { fragment, slots } = part("outcome");
    slots.seal.textContent = passed ? words.sealPassed : reached ? words.sealDetours : words.sealMissed;
    slots.seal.classList.toggle("good", passed);
    slots.kicker.textContent = passed ? words.kickerPassed : reached ? words.kickerDetours : words.kickerMissed;
    slots.title.textContent = title;
    slots.text.textContent = text;
    slots.law.hidden = !explanation;
    slots.explanation.textContent = explanation;
    slots.article.textContent = cited(article);
    slots.line.textContent = say(words.line, { total, detours: view.detours, most: view.most_detours });
    slots.closing.textContent = closing;
    slots.closing.hidden = !closing;
    return fragment;
  }

  function roads() {
    const { fragment, slots } = part("roads");
    slots.kept.hidden = !view.file.length;
    papers(slots.papers);
    slots.roads.append(...view.result.roads.map((road) => {
      const { fragment: line, slots: own } = part("road");
      line.firstElementChild.classList.toggle("detour", !road.correct);
      own.title.textContent = road.title;
      own.way.textContent = `${mark(road.correct)} · `;
      own.taken.textContent = road.taken;
      own.remark.textContent = road.remark;
      own.article.textContent = road.article ? cited(road.article) : "";
      own.article.hidden = !road.article;
      own.others.hidden = !road.others.length;
      own.list.append(...road.others.map((other) => {
        const { fragment: way, slots: told } = part("other");
        told.text.textContent = other.text;
        told.to.textContent = say(other.correct ? words.leadsWise : words.leads, { to: other.to });
        return way;
      }));
      return line;
    }));
    return fragment;
  }

  function draw() {
    if (view.finished) return stage.finish(outcome(), roads());
    return ask();
  }

  draw();
  return () => {};
}
