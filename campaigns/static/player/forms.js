// Small comforts for plain forms: no double sending, a countdown on "send again". Without it everything still works.

for (const form of document.querySelectorAll("[data-form]")) {
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = "yes";
    for (const button of form.querySelectorAll("button")) button.setAttribute("aria-disabled", "true");
  });
}

window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("[data-form]")) {
    delete form.dataset.sent;
    for (const button of form.querySelectorAll("button:not([disabled])")) button.removeAttribute("aria-disabled");
  }
});

for (const button of document.querySelectorAll("[data-wait]")) {
  const ready = button.textContent;
  let left = Number(button.dataset.wait);
  const tick = () => {
    button.disabled = left > 0;
    button.textContent = left > 0 ? button.dataset.waitText.replace("{n}", left) : ready;
    left -= 1;
    if (left < 0) clearInterval(timer);
  };
  const timer = setInterval(tick, 1000);
  if (left > 0) tick(); else clearInterval(timer);
}
