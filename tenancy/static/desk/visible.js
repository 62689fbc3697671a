"use strict";

/* Takes out what nobody sees (marks that turn the direction of words, zero-width signs) as it is typed or pasted,
   and says so. The server does the same with everything that is sent; the pattern is the server's. */
(() => {
  const { say, toast } = window.Desk;
  const hidden = new RegExp(say("hidden_pattern"), "gu");
  const seen = (text) => text.replace(hidden, "");

  document.addEventListener("input", (event) => {
    const field = event.target;
    const typed = field.matches("textarea, input:not([type]), input[type=text], input[type=search], input[type=tel]");
    if (event.isComposing || !typed || seen(field.value) === field.value) return;
    const caret = seen(field.value.slice(0, field.selectionEnd ?? field.value.length)).length;
    field.value = seen(field.value);
    field.setSelectionRange(caret, caret);
    toast(say("hidden_marks"));
  }, true);
})();
