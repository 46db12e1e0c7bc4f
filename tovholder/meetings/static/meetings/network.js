/* Skemaet på et netværksmøde gemmes, mens der skrives. Intet navngivet lægges i browserens lager: det, der ikke er
   gemt, står i feltet, og siden spørger, før den lukkes. Uden script gemmer knapperne hele skemaet. */
"use strict";
(() => {
  const form = document.querySelector("form[data-network]");
  if (!form) return;
  const PAUSE = 1000, RETRY = 3000;
  const unsaved = new Set();
  const shape = document.getElementById("konflikt");
  let leaving = false;

  for (const section of document.querySelectorAll("[data-field]")) {
    const area = section.querySelector("[data-text]");
    const version = section.querySelector("[data-version]");
    const status = section.querySelector("[data-saved]");
    let conflict = null;
    const key = section.dataset.field;
    /* Det, serveren sendte: man kan have skrevet, før scriptet var klar. */
    const sent = area.options ? [...area.options].find((each) => each.defaultSelected)?.value ?? "" : area.defaultValue;
    /* Må forældrene se barnets ord? Kun det, der er valgt her på siden, sendes: det, der blot står der, kan være gammelt. */
    const agreed = section.querySelector("[data-agreed]");
    const answers = agreed ? [...section.querySelectorAll("[type=radio]")] : [];
    const chosen = () => answers.find((each) => each.checked)?.value;
    const isChosen = () => agreed !== null && chosen() !== agreed.value;
    let saved = sent, timer = 0, sending = false, wait = RETRY;

    const say = (text, kind) => { status.className = "th-saved th-saved-" + kind; status.textContent = text; };
    const later = (ms) => { clearTimeout(timer); timer = setTimeout(save, ms); };

    function typed() {
      if (area.value === saved && !isChosen()) { unsaved.delete(key); return; }
      unsaved.add(key);
      later(PAUSE);
    }
    area.addEventListener("input", typed);
    for (const each of answers) each.addEventListener("change", typed);
    typed();

    async function save() {
      clearTimeout(timer);
      if (sending || leaving || (area.value === saved && !isChosen())) return;
      sending = true;
      const text = area.value, answer = chosen();
      const body = new URLSearchParams();
      if (text !== saved) { body.set("t-" + key, text); body.set("v-" + key, version.value); }
      if (isChosen()) { body.set("barn-enig", answer); body.set("barn-enig-foer", agreed.value); }
      let next = 0;
      try {
        const reply = await fetch(form.action, {
          method: "POST", body, credentials: "same-origin", redirect: "manual",
          headers: { Accept: "application/json", "X-CSRFToken": form.elements.csrfmiddlewaretoken.value },
        });
        next = await heard(reply, text, answer);
        wait = RETRY;
      } catch {
        say("Gemmes, når forbindelsen er tilbage", "wait");
        next = wait;
        wait = Math.min(wait * 2, 30000);
      }
      sending = false;
      if (next) later(next);
    }

    /* Svaret, som det nu er gemt. Rettes ordene efter et ja, er det nej igen. Siger true, når det blev nej af sig selv. */
    function agree(isYes, sentAnswer) {
      const now = isYes ? "1" : "0", isUndone = sentAnswer === "1" && !isYes;
      agreed.value = now;
      if (chosen() === sentAnswer) for (const each of answers) each.checked = each.value === now;
      return isUndone;
    }

    async function heard(answer, text, sentAnswer) {
      const isJson = (answer.headers.get("Content-Type") || "").includes("json");
      if (!isJson) { say("Kunne ikke gemmes. Er du logget ud? Kopiér teksten, før du henter siden igen.", "stop"); return 0; }
      const data = await answer.json();
      if (answer.ok) {
        if (data.version !== undefined) version.value = String(data.version);
        saved = text;
        conflict?.remove();
        conflict = null;
        const isUndone = data.agrees !== undefined && agree(data.agrees, sentAnswer);
        const told = "Gemt kl. " + data.at + (isUndone ? ". Ordene er ændret, så svaret er nej igen" : "");
        if (area.value.trim() === text.trim() && !isChosen()) { unsaved.delete(key); say(told, "ok"); return 0; }
        return PAUSE;
      }
      if (answer.status === 409) {
        if (!conflict) {
          conflict = shape.content.firstElementChild.cloneNode(true);
          section.insertBefore(conflict, version);
        }
        conflict.querySelector("[data-theirs]").textContent = data.text;
        version.value = String(data.version);
        say("Ikke gemt: en anden har skrevet imens", "stop");
        return 0;
      }
      say(data.error || "Kunne ikke gemmes", "stop");
      return 0;
    }
  }

  form.addEventListener("submit", () => { leaving = true; });
  window.addEventListener("beforeunload", (event) => { if (unsaved.size && !leaving) event.preventDefault(); });
})();
