// The small computation that comes before a code when many are asked for. The page says what happens; without scripts
// it asks for a minute's patience instead.

/** Runs beside the page where there are workers, in slices on the page where there are none. Calls back with progress. */
function solve(form, challenge, told) {
  const address = form.dataset.worker;
  return new Promise((found, failed) => {
    const take = ({ data }) => {
      if (data.failed) failed(new Error("no number fits"));
      else if (data.number === undefined) told(data.tried);
      else found(data.number);
    };
    const onThePage = () => {
      const script = document.createElement("script");
      script.src = address;
      script.onload = () => window.solveInSlices(challenge, take);
      script.onerror = failed;
      document.head.append(script);
    };
    try {
      const worker = new Worker(address);
      worker.onmessage = take;
      worker.onerror = (event) => { event.preventDefault?.(); worker.terminate(); onThePage(); };
      worker.postMessage(challenge);
    } catch {
      onThePage();
    }
  });
}

/** A phone that cannot compute waits, as one without scripts does. */
function bePatient(form, say, button) {
  const until = Date.now() + Number(form.dataset.waitSeconds) * 1000;
  const tick = () => {
    const left = Math.ceil((until - Date.now()) / 1000);
    if (left % 10 === 0 || left <= 0) say(left > 0 ? form.dataset.patient.replace("{n}", left) : form.dataset.patientOver);
    if (left <= 0 || !form.isConnected) { button.disabled = false; clearInterval(timer); }
  };
  say(form.dataset.patient.replace("{n}", form.dataset.waitSeconds));
  const timer = setInterval(tick, 1000);
}

export async function begin(form) {
  if (form.dataset.begun) return;
  form.dataset.begun = "yes";
  const [bound, , salt, target] = form.elements.proof_token.value.split(".");
  const button = form.querySelector("button[type=submit]");
  const bar = form.querySelector("progress");
  const status = form.querySelector("[data-told]");
  const say = (text) => { if (status.textContent !== text) status.textContent = text; };
  const percent = (tried) => Math.min(99, Math.floor((tried * 100) / Number(bound)));
  button.disabled = true;
  bar.hidden = false;
  say(form.dataset.working.replace("{n}", 0));
  let spoken = 0;
  try {
    const number = await solve(form, { bound: Number(bound), salt, target }, (tried) => {
      bar.value = percent(tried);
      if (percent(tried) - spoken < 25) return; // a screen reader hears quarters, not every step
      spoken = percent(tried);
      say(form.dataset.working.replace("{n}", spoken));
    });
    bar.value = 100;
    form.elements.proof.value = String(number);
    button.disabled = false;
    if (form.dataset.again === "yes") { say(form.dataset.ready); button.focus(); return; } // never round in circles
    say(form.dataset.done);
    if (form.requestSubmit) form.requestSubmit(button); else button.click();
  } catch {
    bar.hidden = true;
    bePatient(form, say, button);
  }
}
