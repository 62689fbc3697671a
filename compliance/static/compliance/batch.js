/* A batch by keyboard: J/K move from question to question and the phone follows, A approves, R returns, P shows the
   phone's next state, O opens the whole review, Y approves those with nothing to weigh. */
(() => {
  "use strict";

  const lines = [...document.querySelectorAll("[data-line]")];
  const phone = document.querySelector("[data-batch-phone]");
  const states = [...document.querySelectorAll("[data-show]")];
  if (!lines.length) return;
  let place = -1;
  let screen = states[0]?.dataset.show ?? "question";

  const show = () => {
    window.Desk.turnFrame(phone, `${lines[Math.max(0, place)].dataset.phone}?screen=${screen}`);
    for (const state of states) state.setAttribute("aria-pressed", state.dataset.show === screen);
  };

  const go = (number) => {
    place = Math.min(lines.length - 1, Math.max(0, number));
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    lines[place].focus({ preventScroll: true });
    lines[place].scrollIntoView({ block: "start", behavior: calm ? "auto" : "smooth" });
    show();
  };

  lines.forEach((line, number) => line.addEventListener("focusin", () => {
    if (place === number) return;
    place = number;
    show();
  }));
  for (const state of states) state.addEventListener("click", () => { screen = state.dataset.show; show(); });

  const returns = () => {
    const form = lines[place]?.querySelector(".batch__return");
    if (!form) return;
    form.open = true;
    form.querySelector("textarea").focus();
  };
  const nextState = () => {
    if (!states.length) return;
    screen = states[(states.findIndex((state) => state.dataset.show === screen) + 1) % states.length].dataset.show;
    show();
  };

  window.Desk?.keys({
    j: () => go(place + 1),
    k: () => go(place - 1),
    a: () => lines[place]?.querySelector('[data-key="a"]')?.click(),
    r: returns,
    p: nextState,
    o: () => lines[place]?.querySelector("[data-open]")?.click(),
    y: () => document.querySelector('[data-key="y"]')?.click(),
  });

  /* After a decision: on to the next one that waits. */
  const decided = lines.findIndex((line) => `#${line.id}` === location.hash);
  if (decided >= 0) {
    const waiting = lines.findIndex((line, number) => number >= decided && line.querySelector('[data-key="a"]'));
    go(waiting >= 0 ? waiting : decided);
  }
})();
