/* The redemption desk: groups the code while it is typed, sends it when it is whole, and scans QR codes where the browser can. */
(() => {
  "use strict";
  const form = document.querySelector(".redeem-form");
  if (!form) return;
  const code = form.querySelector("[name=code]");
  const LENGTH = 12;

  const plain = (text) => text.normalize("NFKC").toUpperCase().replace(/[^0-9A-Z]/g, "");
  const grouped = (text) => plain(text).match(/.{1,4}/g)?.join("-") || "";

  code.addEventListener("input", (event) => {
    if (event.isComposing || code.selectionEnd !== code.value.length) return;
    code.value = grouped(code.value).slice(0, LENGTH + 2);
  });
  code.addEventListener("paste", (event) => {
    const text = plain(event.clipboardData?.getData("text") || "");
    if (text.length !== LENGTH) return;
    event.preventDefault();
    code.value = grouped(text);
  });
  if (window.matchMedia("(pointer: fine)").matches) code.focus();

  const button = form.querySelector("[data-scan]");
  const dialog = document.getElementById("scan");
  if (!("BarcodeDetector" in window) || !navigator.mediaDevices?.getUserMedia) return;
  button.hidden = false;
  const video = dialog.querySelector("video");
  const note = dialog.querySelector("[data-scan-note]");

  const stop = () => {
    for (const track of video.srcObject?.getTracks() || []) track.stop();
    video.srcObject = null;
  };
  dialog.addEventListener("close", stop);

  const look = async (detector) => {
    if (!dialog.open) return;
    const seen = await detector.detect(video).catch(() => []);
    const found = seen.map((each) => plain(each.rawValue)).find((text) => text.length === LENGTH);
    if (!found) {
      setTimeout(() => look(detector), 200);
      return;
    }
    code.value = grouped(found);
    dialog.close();
    form.requestSubmit();
  };

  button.addEventListener("click", async () => {
    dialog.showModal();
    try {
      video.srcObject = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
      await video.play();
      look(new window.BarcodeDetector({ formats: ["qr_code"] }));
    } catch {
      note.textContent = dialog.dataset.denied;
    }
  });
})();
