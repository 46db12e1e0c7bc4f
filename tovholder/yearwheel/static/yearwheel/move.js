/* Flyt et møde i hjulet eller kalenderen: træk det med musen, eller stå på det, hold Skift nede og brug piletasterne.
   Sammenfald og navne hentes, mens mødet flyttes; det bliver først flyttet, når der trykkes på knappen i panelet.
   Uden script åbnes mødet og flyttes dér. */
"use strict";
(() => {
  const DAY = 86400000;
  const MOVABLE = /\/aarshjul\/moede\/\d+\/$/;
  const STEPS = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -7, ArrowDown: 7 };
  const wheel = document.querySelector("svg.th-wheel[data-year]");
  const table = document.querySelector("table.th-cal");
  const arena = wheel || table;
  if (!arena) return;
  const panel = document.createElement("section");
  panel.className = "th-moving";
  panel.dataset.moving = "";
  panel.hidden = true;
  panel.setAttribute("aria-labelledby", "flytter");
  panel.innerHTML = '<h2 id="flytter" class="th-label"></h2><p class="sr-only" role="status" data-told></p><div data-weighed></div>';
  document.querySelector("main").append(panel);
  const [heading, told, weighed] = ["h2", "[data-told]", "[data-weighed]"].map((each) => panel.querySelector(each));
  const [starts, days] = wheel ? wheel.dataset.year.split("/") : ["", 0];
  let held = null; /* link, cell (kun i kalenderen), from og day: hvor mødet ligger og er på vej hen, at: klokken, settle */
  let asking = null;
  let soon = 0;

  const plus = (iso, n) => new Date(Date.parse(iso) + n * DAY).toISOString().slice(0, 10);
  const said = (iso) => new Date(iso + "T12:00").toLocaleDateString("da-DK", { weekday: "long", day: "numeric", month: "long" });
  const target = (link) => new URL(link.getAttribute("href"), location.href);

  /* I hjulet er en dag en vinkel, og et møde flyttes ved at dreje det om midten. */
  const dayOf = (x, y) => plus(starts, Math.floor(((Math.atan2(x, -y) / (2 * Math.PI) + 1) % 1) * days));
  function dayOfMark(link) {
    const box = link.getBBox();
    return dayOf(box.x + box.width / 2, box.y + box.height / 2);
  }
  function dayAt(event) {
    if (held.cell) {
      const under = document.elementFromPoint(event.clientX, event.clientY);
      const cell = under && under.closest("td[data-day]");
      return cell ? cell.dataset.day : held.day;
    }
    const point = new DOMPoint(event.clientX, event.clientY).matrixTransform(wheel.getScreenCTM().inverse());
    return dayOf(point.x, point.y);
  }
  function show() {
    if (!held.cell) {
      const turned = ((Date.parse(held.day) - Date.parse(held.from)) / DAY) * (360 / days);
      held.link.setAttribute("transform", `rotate(${turned})`);
      return;
    }
    for (const each of table.querySelectorAll(".th-cal-over")) each.classList.remove("th-cal-over");
    const cell = held.day !== held.from && table.querySelector(`td[data-day="${held.day}"]`);
    if (cell) cell.classList.add("th-cal-over");
  }
  function name() {
    return (held.link.querySelector("title") || held.link).textContent.trim().split("\n", 1)[0].replace(/^.*?\d\.\d\d:? /, "").trim();
  }

  function take(link, cell) {
    held = { link, cell, from: cell ? cell.dataset.day : dayOfMark(link), at: "", settle: false };
    held.day = held.from;
    link.classList.add("th-held");
  }
  function to(day, at) {
    const inside = !wheel || (day >= starts && day < plus(starts, days));
    if (!inside || (day === held.day && !at)) return;
    held.day = day;
    held.settle = false;
    if (at) held.at = at;
    show();
    panel.hidden = false;
    heading.textContent = `${name()}: ${said(day)}${held.at ? " kl. " + held.at.replace(/^0/, "").replace(":", ".") : ""}`;
    weighed.textContent = "";
    clearTimeout(soon);
    soon = setTimeout(ask, 150);
  }
  async function ask() {
    if (asking) asking.abort();
    asking = new AbortController();
    const asked = held;
    const words = new URLSearchParams({ dato: held.day, tilbage: location.pathname + location.search });
    if (held.at) words.set("kl", held.at);
    if (held.settle) words.set("forslag", ""); /* at lede efter andre dage tager længere tid */
    try {
      const answer = await fetch(`${target(held.link)}proev/?${words}`, { signal: asking.signal });
      const text = await answer.text();
      if (held !== asked) return;
      if (!answer.ok || answer.redirected) { location.assign(target(held.link)); return; }
      weighed.innerHTML = text;
      told.textContent = weighed.querySelector("[data-said]").textContent;
      if (held.settle) panel.querySelector("[data-go], [data-drop]").focus();
    } catch (fault) {
      if (fault.name !== "AbortError" && held === asked) weighed.textContent = "Der er ingen forbindelse. Prøv igen.";
    }
  }
  /* Mødet er sluppet: knappen, der flytter det, er næste skridt. */
  function settle() {
    held.settle = true;
    clearTimeout(soon);
    ask();
  }
  function drop() {
    if (!held) return;
    clearTimeout(soon);
    if (asking) asking.abort();
    const link = held.link;
    link.classList.remove("th-held");
    held.day = held.from;
    show();
    held = null;
    panel.hidden = true;
    told.textContent = weighed.textContent = "";
    link.focus({ preventScroll: true });
  }
  function movable(where) {
    if (wheel) {
      const link = where.closest("a");
      return link && MOVABLE.test(target(link).pathname) ? [link, null] : null;
    }
    const item = where.closest("[data-move]");
    return item && [item.querySelector("a"), item.closest("td[data-day]")];
  }

  /* Med mus, pen eller finger */
  arena.addEventListener("pointerdown", (down) => {
    const found = down.button === 0 && movable(down.target);
    if (!found) return;
    let dragging = false;
    const follow = (move) => {
      if (!dragging && Math.hypot(move.clientX - down.clientX, move.clientY - down.clientY) < 6) return;
      if (!dragging && held && held.link !== found[0]) drop();
      if (!held) take(...found);
      dragging = true;
      document.body.classList.add("th-dragging");
      to(dayAt(move));
    };
    const end = (last) => {
      for (const [kind, hears] of [["pointermove", follow], ["pointerup", end], ["pointercancel", end]]) document.removeEventListener(kind, hears);
      document.body.classList.remove("th-dragging");
      if (!dragging) return;
      const still = (click) => { click.preventDefault(); click.stopPropagation(); };
      document.addEventListener("click", still, { once: true, capture: true });
      setTimeout(() => {
        document.removeEventListener("click", still, { capture: true });
        if (held && last.type === "pointerup" && held.day !== held.from) settle();
        else drop();
      });
    };
    document.addEventListener("pointermove", follow);
    document.addEventListener("pointerup", end);
    document.addEventListener("pointercancel", end);
  });
  arena.addEventListener("dragstart", (event) => { if (movable(event.target)) event.preventDefault(); });

  /* Med tastaturet */
  arena.addEventListener("keydown", (event) => {
    const found = movable(event.target);
    if (!found) return;
    if (event.shiftKey && STEPS[event.key]) {
      event.preventDefault();
      if (held && held.link !== found[0]) drop();
      if (!held) take(...found);
      to(plus(held.day, STEPS[event.key]));
    } else if (held && event.key === "Enter") {
      event.preventDefault();
      settle();
    }
  });
  document.addEventListener("keydown", (event) => { if (event.key === "Escape") drop(); });
  panel.addEventListener("click", (event) => {
    if (event.target.closest("[data-drop]")) drop();
    const other = event.target.closest("[data-to]");
    if (other && held) {
      to(other.dataset.to, other.dataset.at);
      settle();
    }
  });
})();
