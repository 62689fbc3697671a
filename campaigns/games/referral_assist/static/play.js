// The referral on a phone: the helper passes a link on, the newcomer answers. The server decides everything.

const LETTERS = "ABCDEF";
const ASK_AGAIN = 8000; // while the helper waits

function say(sentence, values = {}) {
  return sentence.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? values[name] : whole));
}

/** Draw the play on `stage.root`; what is over goes to `stage.finish`. */
export function mount(stage) {
  const { root, parts, articles, links } = stage;
  const words = parts.querySelector("[data-words]").dataset;
  const language = document.documentElement.lang;
  let view = stage.view;
  let waiting = 0;

  const part = (name) => {
    const fragment = parts.querySelector(`template[data-part="${name}"]`).content.cloneNode(true);
    const slots = {};
    for (const element of fragment.querySelectorAll("[data-slot]")) slots[element.dataset.slot] = element;
    return { fragment, slots };
  };

  const company = () => stage.me?.() ?? {};
  const noted = (note) => (sentence) => { note.textContent = sentence; note.hidden = false; };

  async function send(kind, values, note) {
    const buttons = [...root.querySelectorAll("button")];
    for (const button of buttons) button.disabled = true;
    const step = await stage.move(kind, values, note && noted(note));
    for (const button of buttons) button.disabled = false;
    if (step) view = step.view;
    return step;
  }

  function door() {
    const { fragment, slots } = part("door");
    const newcomer = view.seat === "newcomer";
    const closed = company().invites === false;
    slots.kicker.textContent = newcomer ? words.kickerNewcomer : words.kickerHelper;
    slots.headline.textContent = newcomer ? view.invitation : words.headlineHelper;
    slots.line.textContent = newcomer ? say(words.lineNewcomer, { total: view.total, mark: view.pass_mark }) : words.lineHelper;
    slots.go.textContent = newcomer ? words.goNewcomer : words.goHelper;
    slots.go.hidden = closed;
    slots.hint.textContent = closed ? words.closed : company().proven === false ? words.prove : words.ready;
    slots.go.onclick = async () => {
      if (company().proven === false) { location.assign(links.prove); return; }
      if (await send("join", {}, slots.note)) draw();
    };
    show(fragment);
  }

  function wait() {
    const { fragment, slots } = part("waiting");
    const time = new Intl.DateTimeFormat(language, { month: "long", day: "numeric", hour: "2-digit", minute: "2-digit" });
    slots.until.textContent = say(words.until, { time: time.format(new Date(view.until)) });
    slots.invitation.textContent = view.invitation;
    slots.invite.hidden = company().invites === false;
    slots.share.onclick = async () => {
      const step = await send("share", {}, slots.note);
      if (!step) return;
      slots.link.value = step.reply.link;
      slots["link-box"].hidden = false;
      slots.link.select();
      await navigator.clipboard?.writeText(step.reply.link).catch(() => {});
    };
    slots.leave.onclick = async () => { if (await send("leave", {}, slots.note)) draw(); };
    show(fragment);
    waiting = setInterval(async () => {
      if (document.hidden) return;
      const me = await stage.look().catch(() => null);
      if (me?.view && me.view.stage !== view.stage) { view = me.view; if (view.finished) draw(); }
    }, ASK_AGAIN);
  }

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
    const cards = question.options.map((option, place) => {
      const { fragment: card, slots: own } = part("answer");
      own.letter.textContent = LETTERS[place];
      own.words.textContent = option.text;
      return { element: card.firstElementChild, id: option.id, slots: own };
    });
    slots.answers.append(...cards.map(({ element }) => element));
    let chosen = [];
    for (const { element, id } of cards) {
      element.onclick = () => {
        if (!question.multiple) { answer(id); return; }
        chosen = chosen.includes(id) ? chosen.filter((other) => other !== id) : [...chosen, id];
        element.classList.toggle("waiting", chosen.includes(id));
        element.setAttribute("aria-pressed", chosen.includes(id));
        slots.dock.hidden = false;
        slots.next.textContent = words.confirm;
        slots.next.disabled = !chosen.length;
        slots.next.onclick = () => answer(chosen.sort().join(""));
      };
    }

    async function answer(option) {
      const step = await send("answer", { question: question.id, option });
      if (!step) return;
      explain(step.reply);
    }

    function explain(reply) {
      for (const { element, id, slots: own } of cards) {
        element.disabled = true;
        element.classList.remove("waiting");
        const right = reply.answer.includes(id);
        const picked = reply.option.includes(id);
        if (!right && !picked) continue;
        element.classList.add(right ? "right" : "wrong");
        own.mark.hidden = false;
        own.mark.textContent = right ? words.answer : words.yours;
      }
      slots.lesson.classList.add(reply.correct ? "right" : "wrong");
      slots["verdict-icon"].setAttribute("href", reply.correct ? "#i-yes" : "#i-no");
      slots.verdict.textContent = reply.correct ? words.right : words.wrong;
      slots.explanation.textContent = reply.explanation;
      slots.article.textContent = articles[reply.article] ?? reply.article;
      slots.lesson.hidden = false;
      slots.next.textContent = view.question ? words.next : words.see;
      slots.next.onclick = draw;
      slots.next.disabled = false;
      slots.dock.hidden = false;
      stage.bringIntoView(slots.lesson);
    }

    show(fragment);
  }

  /** A round below the mark, with another one left. */
  function again() {
    const { fragment, slots } = part("door");
    slots.kicker.hidden = true;
    slots.headline.textContent = words.headlineRound;
    slots.line.textContent = say(words.lineRound, { right: view.correct, total: view.total, left: view.attempts_left });
    slots.go.textContent = words.again;
    slots.go.onclick = async () => { if (await send("again", {}, slots.note)) draw(); };
    show(fragment);
  }

  function over() {
    const { fragment, slots } = part("outcome");
    slots.headline.textContent = words[`headline${view.stage[0].toUpperCase()}${view.stage.slice(1)}`];
    slots.line.textContent = view.passed ? words.lineWon : words.lineOver;
    return stage.finish(fragment, "");
  }

  function show(fragment) {
    root.replaceChildren(fragment);
    root.querySelector("h1, h2").focus({ preventScroll: true });
    window.scrollTo(0, 0);
  }

  function draw() {
    clearInterval(waiting);
    if (view.finished || view.stage === "expired") return over();
    if (!view.seated) return door();
    if (view.seat === "helper") return wait();
    return view.question ? ask() : again();
  }

  draw();
  return () => clearInterval(waiting);
}
