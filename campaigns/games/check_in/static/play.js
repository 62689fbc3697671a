// The check-in on a phone: draws the month the server tells, sends one tap a day, decides nothing.

const LOOK_AGAIN = 20_000; // whether the day is over

/** Draw the play on `stage.root`. The play has no end of its own: the shell's result screen is never used. */
export function mount(stage) {
  const { root, links, words, say, part, cited, attend } = stage;
  const language = document.documentElement.lang;
  let view = stage.view;
  let fresh = false;
  let midnight = 0;

  const spoken = (iso, options) => new Intl.DateTimeFormat(language, { timeZone: "UTC", ...options }).format(new Date(`${iso}T00:00:00Z`));

  function draw(won = []) {
    midnight = Date.now() + view.day_ends_in * 1000;
    const { fragment, slots } = part("board");
    const month = spoken(`${view.month.key}-01`, { year: "numeric", month: "long" });
    slots.title.textContent = month;
    slots.count.textContent = say(words.count, { n: view.goal.done });
    slots.caption.textContent = say(words.caption, { month });
    calendar(slots);
    goal(slots);
    streak(slots);
    earned(slots, won);
    card(slots);
    points(slots);
    gaps(slots);
    kept(slots);
    slots.check.textContent = view.checked ? words.checked : words.check;
    slots.check.disabled = view.checked;
    slots.check.onclick = () => send("check_in");
    slots.hint.textContent = words.hint;
    root.replaceChildren(fragment);
    if (!fresh) { attend(slots.title); return; }
    if (!slots.card.hidden) stage.bringIntoView(slots.card);
  }

  async function send(kind, values = {}) {
    for (const button of root.querySelectorAll("button")) button.disabled = true;
    const step = await stage.move(kind, values);
    if (step) view = step.view;
    fresh = Boolean(step);
    draw(step?.reply.earned ?? (step?.reply.exchanged ? ["exchange"] : []));
  }

  function calendar(slots) {
    for (let day = 0; day < 7; day += 1) {
      const cell = document.createElement("th");
      cell.scope = "col";
      cell.textContent = spoken(`2026-06-${String(day + 1).padStart(2, "0")}`, { weekday: "narrow" });
      slots.weekdays.append(cell);
    }
    const today = Number(view.today.slice(8));
    let row = null;
    for (let place = -view.month.starts_on; place < view.month.length; place += 1) {
      if ((place + view.month.starts_on) % 7 === 0) slots.weeks.append((row = document.createElement("tr")));
      const cell = row.insertCell();
      if (place >= 0) cell.append(dot(place + 1, today));
    }
  }

  function dot(day, today) {
    const element = document.createElement("span");
    const madeUp = view.month.made_up.includes(day);
    const signed = view.month.days.includes(day) && !madeUp;
    element.className = ["day", signed && "signed", madeUp && "made-up", day === today && "today"].filter(Boolean).join(" ");
    if (fresh && signed && day === today) element.classList.add("fresh");
    element.textContent = day;
    const said = signed ? words.signed : madeUp ? words.madeUp : day === today ? words.today : "";
    if (said) {
      element.setAttribute("role", "img");
      element.setAttribute("aria-label", say(said, { day }));
    }
    return element;
  }

  function goal(slots) {
    const { days, done, within_reach: reachable } = view.goal;
    slots.bar.style.width = `${Math.min(100, (done / days) * 100)}%`;
    slots.share.textContent = say(words.share, { done: Math.min(done, days), days });
    slots.goal.textContent = done >= days ? words.goalDone : reachable ? say(words.goalOn, { n: days - done }) : words.goalNext;
  }

  function streak(slots) {
    const told = view.streak;
    slots.streak.hidden = !told;
    if (!told) return;
    const until = told.until && spoken(told.until, { year: "numeric", month: "long", day: "numeric" });
    const sentence = told.reached ? words.streakReached
      : told.kind === "months" ? words.streakMonths
      : told.done ? words.streakDaily : words.streakStart;
    slots.streak.textContent = say(sentence, { ...told, until });
  }

  function earned(slots, won) {
    slots.won.hidden = !won.length;
    slots["won-title"].textContent = words.wonTitle;
    slots["won-text"].textContent = words.wonText;
    if (links?.mine) slots["won-link"].href = links.mine;
    else slots["won-link"].hidden = true;
  }

  function card(slots) {
    slots.card.hidden = !view.card;
    if (!view.card) return;
    slots["card-title"].textContent = view.card.title;
    slots["card-text"].textContent = view.card.text;
    slots["card-article"].textContent = cited(view.card.article);
  }

  function points(slots) {
    slots.points.hidden = !view.points;
    if (!view.points) return;
    slots.balance.textContent = say(words.balance, { n: view.points.balance });
    slots.price.textContent = say(words.price, view.points);
    slots.exchange.disabled = view.points.balance < view.points.price;
    slots.exchange.onclick = () => send("exchange");
  }

  function gaps(slots) {
    slots["make-up"].hidden = !view.make_up.length;
    for (const day of view.make_up) {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "button quiet";
      button.textContent = say(words.gap, { day: Number(day.slice(8)) });
      button.onclick = () => send("make_up", { day });
      slots.gaps.append(button);
    }
  }

  function kept(slots) {
    const older = view.card ? view.kept.slice(1) : view.kept;
    slots.kept.hidden = !older.length;
    for (const seen of older) {
      const { fragment, slots: own } = part("kept");
      own.title.textContent = seen.title;
      own.text.textContent = seen.text;
      own.article.textContent = cited(seen.article);
      slots["kept-list"].append(fragment);
    }
  }

  /* Left open over midnight, the page turns to the new day by itself; the device's own date may be wrong. */
  const turn = () => { if (!document.hidden && Date.now() >= midnight) stage.anew(); };
  const watch = setInterval(turn, LOOK_AGAIN);
  document.addEventListener("visibilitychange", turn);

  draw();
  return () => { clearInterval(watch); document.removeEventListener("visibilitychange", turn); };
}
