/* Træk et møde til en anden dag i kalenderen: fører til mødets side, hvor sammenfald står, før noget flyttes.
   Uden script åbnes mødet og flyttes dér. */
for (const table of document.querySelectorAll("table[data-drag]")) {
  let held = null;
  const day = (event) => event.target.closest("td[data-day]");
  table.addEventListener("dragstart", (event) => {
    held = event.target.closest("[data-move]");
    if (held) event.dataTransfer.setData("text/plain", held.textContent.trim());
  });
  table.addEventListener("dragover", (event) => {
    if (held && day(event)) event.preventDefault();
  });
  table.addEventListener("dragenter", (event) => {
    for (const cell of table.querySelectorAll(".th-cal-over")) cell.classList.remove("th-cal-over");
    if (held && day(event)) day(event).classList.add("th-cal-over");
  });
  table.addEventListener("drop", (event) => {
    const cell = day(event);
    if (!held || !cell) return;
    event.preventDefault();
    window.location.assign(`${held.dataset.move}?dato=${cell.dataset.day}`);
  });
  table.addEventListener("dragend", () => {
    held = null;
    for (const cell of table.querySelectorAll(".th-cal-over")) cell.classList.remove("th-cal-over");
  });
}
