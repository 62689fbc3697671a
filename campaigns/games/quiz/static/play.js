// The quiz on a phone: draws what the server says, sends one answer at a time, decides nothing.

/** Draw the play; its result goes to `stage.finish`. The shell calls this again after each change of screen. */
export function mount(stage) {
  const { words, say, part } = stage;
  let view = stage.view;
  let ticking = 0;

  function ask() {
    const slots = stage.ask(view, { send, on: draw });
    clock(slots.clock);
  }

  async function send(question, option) {
    const step = await stage.move("answer", { question, option });
    if (!step) return null;
    clearInterval(ticking);
    view = step.view;
    return step;
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

  function draw() {
    if (view.finished) return stage.finish(outcome(), stage.learnt(view.history, words.review));
    return ask();
  }

  draw();
  return () => clearInterval(ticking);
}
