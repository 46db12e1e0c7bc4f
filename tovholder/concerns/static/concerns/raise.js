/* Ny bekymring: »Hvem kan se den?« følger det sted, der er valgt. Uden skript er der en knap, som spørger.
   data-seen-by="adresse" data-form="id"   feltet, hvor svaret står, og formularen, der vælges i */
"use strict";
for (const said of document.querySelectorAll("[data-seen-by]")) {
  const form = document.getElementById(said.dataset.form);
  const button = document.querySelector("[data-without-script]");
  const asked = ["organisation", "district"];
  let latest = 0;
  if (button) button.hidden = true;
  form.addEventListener("change", async (event) => {
    if (!asked.includes(event.target.name)) return;
    const number = ++latest;
    const chosen = new URLSearchParams(asked.map((name) => [name, form.elements[name].value]));
    try {
      const answer = await fetch(said.dataset.seenBy + "?" + chosen, { credentials: "same-origin" });
      if (!answer.ok) throw new Error(String(answer.status));
      const text = await answer.text();
      if (number === latest) said.innerHTML = text;
    } catch { if (button) button.hidden = false; }
  });
}
