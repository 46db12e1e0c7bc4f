/* Under mødet: uret tæller, knapperne skifter formular, genveje kan slås fra. Alt virker også uden. */
"use strict";
(() => {
  const RING = 169.6;
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;

  /* Uret */
  const clock = document.querySelector("[data-timer][data-ticking]");
  if (clock) {
    const planned = Number(clock.dataset.planned) * 60;
    const begun = Date.now() - Number(clock.dataset.spent) * 1000;
    const ring = clock.querySelector("[data-ring]");
    const tick = () => {
      const spent = Math.floor((Date.now() - begun) / 1000);
      const left = planned - spent;
      const shown = Math.abs(left);
      clock.querySelector("[data-clock]").textContent = Math.floor(shown / 60) + "." + String(shown % 60).padStart(2, "0");
      clock.querySelector("[data-clock-text]").textContent = left < 0 ? "min over de " + planned / 60 : "min tilbage af " + planned / 60;
      ring.setAttribute("stroke-dasharray", (planned ? Math.min(1, spent / planned) : 1) * RING + " " + RING);
      if (left < 0) ring.setAttribute("stroke", "#b80000");
      clock.querySelector("svg").setAttribute("aria-label", Math.floor(spent / 60) + " af " + planned / 60 + " minutter er gået");
    };
    setInterval(tick, still ? 15000 : 1000);
  }

  /* Fang: skift formular uden at hente siden igen. En formular hentes, første gang den skal bruges; det skrevne bliver. */
  const form = (slug) => document.querySelector('[data-catch-form="' + slug + '"]');
  async function open(link) {
    const slug = link.dataset.catch;
    link.focus(); /* så det, der tastes imens, ikke havner i referatet */
    if (!form(slug)) {
      await htmx.ajax("GET", link.href.split("#")[0], { source: link, target: "[data-catch-forms]", swap: "beforeend", select: '[data-catch-form="' + slug + '"]' });
    }
    if (form(slug)) choose(slug, true);
  }
  function choose(slug, focus) {
    const panel = document.querySelector("[data-capture]");
    for (const link of panel.querySelectorAll("[data-catch]")) {
      const on = link.dataset.catch === slug;
      link.classList.toggle("button-primary", on);
      link.classList.toggle("button-secondary", !on);
      if (on) link.setAttribute("aria-current", "true"); else link.removeAttribute("aria-current");
    }
    for (const each of panel.querySelectorAll("[data-catch-form]")) each.hidden = each.dataset.catchForm !== slug;
    days();
    if (focus) first(slug);
  }
  function first(slug) {
    const field = document.querySelector('[data-catch-form="' + slug + '"] :is(input:not([type=hidden]), textarea, select)');
    if (field) field.focus();
  }
  document.addEventListener("click", (event) => {
    const link = event.target.closest("[data-catch]");
    if (!link || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    open(link);
  });

  /* En anden dag: feltet vises kun, når det er valgt */
  function days() {
    const select = document.querySelector("select[name=aftale-due]");
    const own = document.querySelector(".th-cap-own_day");
    if (select && own) own.hidden = select.value !== "own";
  }
  document.addEventListener("change", (event) => { if (event.target.name === "aftale-due") { days(); } });

  /* Genveje */
  const SWITCH = "tovholder:genveje";
  const on = () => { try { return localStorage.getItem(SWITCH) !== "fra"; } catch { return true; } };
  function keys() {
    const box = document.querySelector("[data-keys]");
    if (!box) return;
    box.hidden = false;
    box.querySelector("[data-keys-switch]").checked = on();
    box.querySelector("[data-keys-list]").hidden = !on();
  }
  document.addEventListener("change", (event) => {
    if (!event.target.matches("[data-keys-switch]")) return;
    try { localStorage.setItem(SWITCH, event.target.checked ? "til" : "fra"); } catch { /* slået fra */ }
    keys();
  });
  document.addEventListener("keydown", (event) => {
    if (!event.altKey || event.ctrlKey || event.metaKey || event.shiftKey || !on()) return;
    if (document.querySelector("dialog[open]")) return;
    const letter = event.code.replace("Key", "");
    const link = document.querySelector('[data-catch][data-key="' + letter + '"]');
    if (link) { event.preventDefault(); open(link); }
    else if (letter === "R") { event.preventDefault(); document.getElementById("ref").focus(); }
    else if (letter === "N") { const next = document.querySelector("[data-next]"); if (next) { event.preventDefault(); next.click(); } }
  });

  /* Når panelet er kommet tilbage fra serveren */
  document.addEventListener("htmx:beforeSwap", (event) => {
    if (event.detail.xhr.status === 422) { event.detail.shouldSwap = true; event.detail.isError = false; }
  });
  document.addEventListener("htmx:afterSettle", (event) => {
    if (event.target.id !== "fang" && !event.target.querySelector("#fang")) return;
    const panel = document.getElementById("fang");
    days();
    keys();
    const errors = panel.querySelector(".th-errors");
    if (errors) { errors.focus(); return; }
    if (panel.dataset.said) document.querySelector("[data-announce]").textContent = panel.dataset.said;
    const active = panel.querySelector("[data-catch][aria-current]");
    if (active) first(active.dataset.catch);
  });
  document.addEventListener("htmx:sendError", () => {
    document.querySelector("[data-announce]").textContent = "Ingen forbindelse. Prøv igen om lidt.";
  });
  /* Fremmødet får fokus igen på den person, der blev trykket på */
  let tapped = "";
  document.addEventListener("click", (event) => { const tick = event.target.closest("[data-attendance] [name=tap]"); if (tick) tapped = tick.id; });
  document.addEventListener("htmx:afterSettle", () => {
    const box = tapped && document.getElementById(tapped);
    if (box) box.focus();
    tapped = "";
  });

  days();
  keys();
})();
