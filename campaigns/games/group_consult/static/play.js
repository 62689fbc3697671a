// The group consultation on a phone: two equal ways, a calm wait, one result. The server decides everything.

const ASK_AGAIN = 8000; // while waiting, whether the other seat is taken

/** Draw the play on `stage.root`; what is over goes to `stage.finish`. */
export function mount(stage) {
  const { root, links, words, say, part, cited, attend } = stage;
  const language = document.documentElement.lang;
  let view = stage.view;
  let waiting = 0;

  const company = () => stage.me?.() ?? {};

  /** A deed that takes a seat: first the number, then the seat. */
  async function take(kind, note) {
    if (company().proven === false) { stage.chosen(kind); location.assign(links.prove); return; }
    await send(kind, note);
  }

  async function send(kind, note) {
    for (const button of root.querySelectorAll("button")) button.disabled = true;
    const step = await stage.move(kind, {}, (sentence) => { note.textContent = sentence; note.hidden = false; });
    for (const button of root.querySelectorAll("button")) button.disabled = false;
    if (!step) return;
    view = step.view;
    draw();
  }

  function choose() {
    const { fragment, slots } = part("choose");
    const invited = view.seat === "second";
    const open = company().invites !== false;
    slots.service.textContent = view.service;
    if (invited) slots.kicker.textContent = words.invited;
    slots.invited.hidden = !invited;
    for (const line of view.steps) {
      const item = document.createElement("li");
      item.textContent = line;
      slots.steps.append(item);
    }
    for (const card of view.cards) {
      const { fragment: item, slots: own } = part("card");
      own.title.textContent = card.title;
      own.text.textContent = card.text;
      own.article.textContent = cited(card.article);
      slots.cards.append(item);
    }
    slots.one.textContent = invited ? words.join : words.one;
    slots.two.textContent = invited ? words.own : words.two;
    slots.one.onclick = () => take(invited ? "join" : "alone", slots.note);
    slots.two.onclick = () => (invited ? stage.again() : take("join", slots.note));
    slots.hint.textContent = company().proven === false ? `${words.hint} · ${words.prove}` : words.hint;
    if (!open && !invited) { slots.two.hidden = true; slots.hint.textContent = words.closed; }
    show(fragment);
    const before = stage.chosen();
    if (before && company().proven) send(before, slots.note);
  }

  function wait() {
    const { fragment, slots } = part("waiting");
    const time = new Intl.DateTimeFormat(language, { month: "long", day: "numeric", hour: "2-digit", minute: "2-digit" });
    slots.until.textContent = say(words.until, { time: time.format(new Date(view.until)) });
    slots.invite.hidden = company().invites === false;
    slots.share.onclick = () => share(slots);
    slots.alone.onclick = () => send("alone", slots.note);
    slots.leave.onclick = () => send("leave", slots.note);
    show(fragment);
    waiting = setInterval(async () => {
      if (document.hidden) return;
      const me = await stage.look().catch(() => null);
      if (me?.view && me.view.stage !== view.stage) { view = me.view; draw(); }
    }, ASK_AGAIN);
  }

  async function share(slots) {
    const step = await stage.move("share", {}, (sentence) => { slots.note.textContent = sentence; slots.note.hidden = false; });
    if (!step) return;
    await stage.copy(slots, step.reply);
  }

  function over() {
    const { fragment, slots } = part("outcome");
    slots.headline.textContent = words[`headline${view.stage[0].toUpperCase()}${view.stage.slice(1)}`];
    slots.line.textContent = view.passed ? words.lineWon : words.lineOver;
    return stage.finish(fragment, "");
  }

  function show(fragment) {
    root.replaceChildren(fragment);
    attend(root.querySelector("h1"));
    window.scrollTo(0, 0);
  }

  function draw() {
    clearInterval(waiting);
    if (view.finished || view.stage === "expired") return over();
    return view.stage === "waiting" && view.seated ? wait() : choose();
  }

  draw();
  return () => clearInterval(waiting);
}
