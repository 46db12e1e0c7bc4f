/* Navne på mødet: ét tal på tastaturet er en beslutning for det navn, man står ved. Pil op og ned skifter navn, og efter sidens sidste
   navn står man ved den næste side.
   Uden script er det knapper og Tab. */
"use strict";
(() => {
  const list = document.querySelector("[data-name-list]");
  if (list) {
    const rows = [...list.children];
    /* Efter en beslutning fører adressens # selv til det næste navn; ellers begyndes der ved det første uden beslutning. */
    const start = () => {
      const wanted = location.hash && document.getElementById(location.hash.slice(1));
      const first = rows.find((row) => row.querySelector("[data-key]") && !row.querySelector("[aria-pressed]"));
      (wanted || first || document.querySelector("[data-next-undecided]") || rows[0]).focus();
    };
    list.addEventListener("keydown", (event) => {
      if (event.altKey || event.ctrlKey || event.metaKey) return;
      const row = event.target.closest("li");
      const at = rows.indexOf(row);
      const beside = { ArrowDown: rows[at + 1] || document.querySelector("a[rel=next]"), ArrowUp: rows[at - 1] || document.querySelector("a[rel=prev]") }[event.key];
      if (beside) { event.preventDefault(); beside.focus(); return; }
      const button = row && row.querySelector('[data-key="' + CSS.escape(event.key) + '"]');
      if (button) { event.preventDefault(); button.click(); }
    });
    start();
  }
  const form = document.querySelector("form[data-names]");
  if (form) {
    const lines = document.getElementById("linjer");
    if (lines) lines.focus();
    form.addEventListener("submit", (event) => {
      const button = event.submitter;
      if (button && button.dataset.busy) { button.textContent = button.dataset.busy; button.setAttribute("aria-busy", "true"); }
    });
  }
})();
