/* Referatet gemmes, mens der skrives. Intet går tabt: teksten ligger i browseren, til serveren har den.
   Tråden tabt, fanen lukket, login udløbet: den hentes frem igen. To skrivere: begge tekster vises. */
"use strict";
(() => {
  const area = document.querySelector("textarea[data-autosave]");
  if (!area) return;
  const form = area.form;
  const status = document.querySelector("[data-saved]");
  const panel = document.querySelector("[data-conflict]");
  const versionField = form.elements.version;
  const KEY = "tovholder:" + (document.body.dataset.user || "") + ":referat:" + area.dataset.item;
  /* En sag med navn lægges aldrig i browseren. */
  const KEPT = !("unkept" in area.dataset);
  const PAUSE = 1000, LONGEST = 3000, RETRY = 3000, KEPT_DAYS = 7;
  let version = Number(area.dataset.version);
  let saved = area.defaultValue; /* det, serveren sendte: man kan have skrevet, før scriptet var klar */
  let timer = 0, firstUnsaved = 0, sending = false, open = false, wait = RETRY;

  function remember() {
    if (!KEPT) return;
    try { localStorage.setItem(KEY, JSON.stringify({ text: area.value, base: version, at: Date.now() })); } catch { /* fuld eller slået fra */ }
  }
  function forget() { try { localStorage.removeItem(KEY); } catch { /* slået fra */ } }
  function remembered(key) { try { return JSON.parse(localStorage.getItem(key)); } catch { return null; } }

  const ICONS = { ok: "check", wait: "time", stop: "error" };
  function say(text, kind, link) {
    const sprite = document.querySelector("use");
    const href = sprite ? sprite.getAttribute("href").split("#")[0] : "";
    status.className = "th-saved th-saved-" + kind;
    status.textContent = "";
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    svg.setAttribute("class", "th-i th-i-s");
    svg.setAttribute("aria-hidden", "true");
    const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
    use.setAttribute("href", href + "#" + ICONS[kind]);
    svg.append(use);
    const words = document.createElement("span");
    words.textContent = text;
    status.append(svg, words);
    if (link) {
      const a = document.createElement("a");
      a.href = location.href.split("#")[0];
      a.textContent = link;
      status.append(" ", a);
    }
  }

  function later(ms) { clearTimeout(timer); timer = setTimeout(save, ms); }

  area.addEventListener("input", () => {
    remember();
    if (!firstUnsaved) firstUnsaved = Date.now();
    if (open) return;
    later(Math.max(0, Math.min(PAUSE, firstUnsaved + LONGEST - Date.now())));
  });

  async function save(extra) {
    clearTimeout(timer);
    if (sending || open || area.value === saved) return;
    sending = true;
    const text = area.value;
    const body = new URLSearchParams({ text, version: String(version) });
    let next = 0;
    try {
      const answer = await fetch(area.dataset.autosave, {
        method: "POST", body, credentials: "same-origin", redirect: "manual", ...extra,
        headers: { Accept: "application/json", "X-CSRFToken": form.elements.csrfmiddlewaretoken.value },
      });
      wait = RETRY;
      next = await heard(answer, text);
    } catch {
      say("Gemmes, når forbindelsen er tilbage", "wait");
      next = wait;
      wait = Math.min(wait * 2, 30000);
    }
    sending = false;
    if (next) later(next);
  }

  async function heard(answer, text) {
    const isJson = (answer.headers.get("Content-Type") || "").includes("json");
    if (answer.ok && isJson) {
      const data = await answer.json();
      version = data.version;
      versionField.value = String(version);
      saved = text;
      names(data.found || []);
      if (area.value === text) { forget(); firstUnsaved = 0; say("Gemt kl. " + data.at, "ok"); return 0; }
      remember();
      return PAUSE;
    }
    if (answer.status === 409 && isJson) { show(await answer.json()); return 0; }
    if ((answer.status === 422 || answer.status === 403) && isJson) {
      const data = await answer.json();
      say(data.error, "stop");
      return 0;
    }
    if (!KEPT && (answer.type === "opaqueredirect" || answer.status >= 400)) {
      say("Teksten er ikke gemt. Kopiér den, før du går videre, og hent siden igen.", "stop", "Hent siden igen");
      return 0;
    }
    if (answer.type === "opaqueredirect" || answer.status === 403 || answer.status === 401) {
      say("Du er logget ud. Teksten er gemt her i browseren.", "stop", "Log ind igen");
      return 0;
    }
    say("Kunne ikke gemmes lige nu. Vi prøver igen. Teksten er gemt her i browseren.", "wait");
    const next = wait;
    wait = Math.min(wait * 2, 30000);
    return next;
  }

  /* Hvad der kan pege på en person, siges med det samme. Der spørges, før referatet sendes ud */
  const noticed = document.querySelector("[data-names]");
  function names(found) {
    if (!noticed) return;
    noticed.hidden = !found.length;
    const text = found.length ? "Kan pege på en person: " + found.map((each) => "“" + each + "”").join(", ") + ". Skriv ikke navne på børn og familier." : "";
    if (noticed.textContent !== text) noticed.textContent = text;
  }

  function show(data) {
    open = true;
    panel.hidden = false;
    panel.querySelector("[data-mine]").value = area.value;
    panel.querySelector("[data-theirs]").value = data.text;
    panel.querySelector("[data-theirs-by]").textContent = data.by ? "(" + data.by + ", kl. " + data.at + ")" : "";
    panel.dataset.version = data.version;
    area.readOnly = true;
    say("Ikke gemt: en anden har skrevet imens", "stop");
    panel.focus();
  }

  panel.addEventListener("click", (event) => {
    const choice = event.target.dataset && event.target.dataset.take;
    if (!choice) return;
    const mine = panel.querySelector("[data-mine]").value;
    const theirs = panel.querySelector("[data-theirs]").value;
    version = Number(panel.dataset.version);
    versionField.value = String(version);
    saved = theirs;
    area.value = choice === "mine" ? mine : choice === "theirs" ? theirs : theirs + "\n\n" + mine;
    area.readOnly = false;
    open = false;
    panel.hidden = true;
    if (area.value === saved) { forget(); firstUnsaved = 0; say("Den gemte tekst er beholdt", "ok"); } else { remember(); save(); }
    area.focus();
  });

  window.addEventListener("online", () => { wait = RETRY; save(); });
  document.addEventListener("visibilitychange", () => { if (document.visibilityState === "hidden") save({ keepalive: area.value.length < 15000 }); });
  window.addEventListener("pagehide", () => { if (area.value !== saved) remember(); });

  /* Det, browseren husker: hent det frem, og lad serveren afgøre, om en anden har skrevet siden. */
  const mine = KEPT ? remembered(KEY) : null;
  const early = area.value !== saved ? area.value : "";
  if (mine && typeof mine.text === "string" && mine.text !== area.value) {
    area.value = early ? mine.text + "\n\n" + early : mine.text;
    version = Number(mine.base);
    versionField.value = String(version);
    say("Vi har hentet den tekst frem, som ikke nåede at blive gemt", "wait");
    save();
  } else if (early) {
    remember();
    save();
  } else if (mine) forget();

  try {
    for (let n = localStorage.length - 1; n >= 0; n -= 1) {
      const key = localStorage.key(n);
      if (!key.startsWith("tovholder:") || !key.includes(":referat:")) continue;
      const old = remembered(key);
      if (!old || Date.now() - old.at > KEPT_DAYS * 86400000) localStorage.removeItem(key);
    }
  } catch { /* slået fra */ }
})();
