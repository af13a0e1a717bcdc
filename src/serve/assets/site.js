// Conveniences; every page works without this file.
(() => {
  "use strict";
  const root = document.documentElement;
  root.classList.add("js");

  // Parts that somebody opened stay open from page to page, while the tab lives. Only their names are kept, never a fact.
  const parts = document.querySelectorAll("details[data-part]");
  for (const part of parts) {
    const key = "open:" + part.dataset.part;
    if (sessionStorage.getItem(key) === "1") part.open = true;
    part.addEventListener("toggle", () => sessionStorage.setItem(key, part.open ? "1" : "0"));
  }

  // Copy buttons: they copy the text of the field that they name, and say so.
  for (const button of document.querySelectorAll("button[data-copy]")) {
    button.addEventListener("click", async () => {
      const field = document.getElementById(button.dataset.copy);
      const said = document.getElementById("said");
      field.select();
      try {
        await navigator.clipboard.writeText(field.value);
        said.textContent = "Copied.";
      } catch {
        said.textContent = document.execCommand("copy") ? "Copied." : "Press Ctrl+C to copy.";
      }
    });
  }

  for (const button of document.querySelectorAll("button[data-print]")) button.addEventListener("click", () => window.print());

  // A choice made with a pointer is taken at once. By keyboard each arrow is a choice, so there the button takes it.
  for (const select of document.querySelectorAll("select[data-submit]")) {
    let pointed = false;
    select.addEventListener("pointerdown", () => (pointed = true));
    select.addEventListener("keydown", () => (pointed = false));
    select.addEventListener("change", () => {
      if (pointed) select.form.requestSubmit(document.getElementById(select.dataset.submit));
    });
  }

  // Digits choose an answer of the question beside the results; never while somebody types.
  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest && event.target.closest("input, select, textarea");
    if (typing || event.ctrlKey || event.metaKey || event.altKey || !/^[1-9]$/.test(event.key)) return;
    const answers = document.querySelectorAll("button[data-answer]");
    const button = answers[Number(event.key) - 1];
    if (button) button.focus();
  });

  // A page about work under way looks again by itself.
  if (document.querySelector("[data-again]")) setTimeout(() => location.reload(), 1500);

  // What was wrong is where the reader goes first.
  const wrong = document.querySelector("[aria-invalid='true']") || document.querySelector("[data-focus]");
  if (wrong) wrong.focus();
})();
