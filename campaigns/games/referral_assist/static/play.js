// The referral on a phone: the helper passes a link on, the newcomer answers. The server decides everything.

const ASK_AGAIN = 8000; // while the helper waits

/** Draw the play on `stage.root`; what is over goes to `stage.finish`. */
export function mount(stage) {
  const { root, links, words, say, part, attend } = stage;
  const language = document.documentElement.lang;
  let view = stage.view;
  let waiting = 0;

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
      if (company().proven === false) { stage.chosen("join"); location.assign(links.prove); return; }
      if (await send("join", {}, slots.note)) draw();
    };
    show(fragment);
    if (stage.chosen() && company().proven && !closed) slots.go.click();
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
      await stage.copy(slots, step.reply);
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
    stage.ask(view, { send: (question, option) => send("answer", { question, option }), on: draw });
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
    root.querySelector(".dock").before(learnt());
  }

  function learnt() { return stage.learnt(view.explained ?? [], words.review); }

  function over() {
    const { fragment, slots } = part("outcome");
    slots.headline.textContent = words[`headline${view.stage[0].toUpperCase()}${view.stage.slice(1)}`];
    slots.line.textContent = view.passed ? words.lineWon : words.lineOver;
    return stage.finish(fragment, learnt());
  }

  function show(fragment) {
    root.replaceChildren(fragment);
    attend(root.querySelector("h1, h2"));
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
