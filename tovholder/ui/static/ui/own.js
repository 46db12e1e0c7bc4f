/* Starter designsystemets komponenter og lægger lidt ekstra oven på. Alt virker også uden.
   data-confirm="spørgsmål"            spørger én gang, før formularen sendes (data-confirm-yes: knappens ord)
   data-keep="nøgle"                   gemmer det skrevne i fanen, til serveren har sagt, at det er gemt
                                       (hændelsen tovholder:saved på formularen siger det samme uden ny side)
   data-autosubmit                     sender filteret, når et valg ændres
   data-copy="id"                      viser knappen, og kopierer feltets tekst, når der trykkes (data-copied: svaret)
   data-forget                         glemmer alt gemt i fanen (log ud) */
"use strict";
DKFDS.init();

const PREFIX = "tovholder:" + (document.body.dataset.user || "") + ":";
const store = (() => {
  try { window.sessionStorage.length; return window.sessionStorage; } catch { return null; }
})();

/* Spørg én gang */
function ask(form, submitter) {
  const dialog = document.createElement("dialog");
  dialog.className = "th-dialog";
  const text = document.createElement("p");
  text.id = "th-dialog-text";
  text.textContent = form.dataset.confirm;
  const yes = document.createElement("button");
  const no = document.createElement("button");
  yes.type = no.type = "button";
  yes.className = "button button-primary th-danger";
  no.className = "button button-secondary";
  yes.textContent = form.dataset.confirmYes || (submitter && submitter.textContent.trim()) || "Ja";
  no.textContent = "Fortryd";
  const row = document.createElement("div");
  row.className = "th-buttons";
  row.append(yes, no);
  dialog.append(text, row);
  dialog.setAttribute("aria-labelledby", text.id);
  document.body.append(dialog);
  no.addEventListener("click", () => dialog.close());
  yes.addEventListener("click", () => { form.dataset.confirmed = "1"; dialog.close(); form.requestSubmit(submitter); });
  dialog.addEventListener("close", () => { dialog.remove(); if (submitter) submitter.focus(); });
  dialog.showModal();
  no.focus();
}

/* Tekst, der ikke går tabt */
function texts(form) {
  return [...form.elements].filter((el) => el.name && el.dataset.noKeep === undefined && (el.tagName === "TEXTAREA" || (el.tagName === "INPUT" && /^(text|search)$/.test(el.type))));
}
function keepKey(form) { return PREFIX + "keep:" + form.dataset.keep; }
function read(key) { try { return JSON.parse(store.getItem(key)); } catch { return null; } }
function keep(form) {
  if (!store) return;
  const typed = {};
  for (const el of texts(form)) if (el.value !== el.defaultValue) typed[el.name] = el.value;
  if (Object.keys(typed).length) store.setItem(keepKey(form), JSON.stringify(typed));
  else store.removeItem(keepKey(form));
}
function restore(form) {
  const kept = store && read(keepKey(form));
  if (!kept) return;
  let back = false;
  for (const el of texts(form)) {
    if (typeof kept[el.name] === "string" && kept[el.name] !== el.value) { el.value = kept[el.name]; back = true; }
  }
  if (!back) return;
  const note = document.createElement("p");
  note.className = "th-kept";
  note.setAttribute("role", "status");
  const drop = document.createElement("button");
  drop.type = "button";
  drop.className = "button button-unstyled th-link";
  drop.textContent = "Fjern den igen";
  drop.addEventListener("click", () => {
    for (const el of texts(form)) el.value = el.defaultValue;
    store.removeItem(keepKey(form));
    note.remove();
  });
  note.append("Vi har hentet den tekst frem, som du ikke nåede at gemme. ", drop);
  form.prepend(note);
}
function settle() {
  if (!store || !document.querySelector(".th-messages .alert-success")) return;
  const sent = store.getItem(PREFIX + "sent");
  if (sent) store.removeItem(sent);
  store.removeItem(PREFIX + "sent");
}

settle();
for (const form of document.querySelectorAll("form[data-keep]")) {
  restore(form);
  form.addEventListener("input", () => keep(form));
  form.addEventListener("tovholder:saved", () => { if (store) store.removeItem(keepKey(form)); });
}
for (const form of document.querySelectorAll("form[data-autosubmit]")) {
  form.addEventListener("change", (event) => { if (event.target.matches("select, [type=checkbox], [type=radio]")) form.requestSubmit(); });
}

/* Afsendelse: spørg, husk, og send kun én gang */
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.dataset.confirm && !form.dataset.confirmed) {
    event.preventDefault();
    event.stopImmediatePropagation();
    ask(form, event.submitter);
    return;
  }
  delete form.dataset.confirmed;
  if (form.dataset.forget !== undefined && store) store.clear();
  if (form.dataset.keep && store) store.setItem(PREFIX + "sent", keepKey(form));
  if (form.method !== "post" || form.hasAttribute("hx-post")) return;
  if (form.dataset.sending) { event.preventDefault(); return; }
  form.dataset.sending = "1";
  for (const button of buttons(form)) button.setAttribute("aria-disabled", "true");
  setTimeout(() => release(form), 6000); // en fil blev hentet, eller nettet faldt ud: siden står her endnu
}, true);
function buttons(form) { return form.querySelectorAll("button[type=submit], button:not([type])"); }
function release(form) {
  delete form.dataset.sending;
  for (const button of buttons(form)) button.removeAttribute("aria-disabled");
}
window.addEventListener("pageshow", (event) => {
  if (event.persisted) document.querySelectorAll("form[data-sending]").forEach(release);
});

/* Kopier et felt, der kun kan læses. Uden skript markerer man selv teksten */
for (const button of document.querySelectorAll("[data-copy]")) {
  const from = document.getElementById(button.dataset.copy);
  const said = document.createElement("span");
  said.className = "th-small";
  said.setAttribute("role", "status");
  button.hidden = false;
  button.after(said);
  button.addEventListener("click", async () => {
    from.select();
    try { await navigator.clipboard.writeText(from.value); } catch { document.execCommand("copy"); }
    said.textContent = button.dataset.copied;
  });
}

/* Se en tekst efter for navne, mens man skriver. Uden skript spørges der, når man gemmer */
for (const button of document.querySelectorAll("[data-check]")) {
  const said = document.createElement("span");
  said.className = "th-small th-guard-said";
  said.setAttribute("role", "status");
  button.hidden = false;
  button.after(said);
  button.addEventListener("click", () => check(button, document.getElementById(button.dataset.check), said));
}
async function check(button, field, said) {
  const token = JSON.parse(document.body.getAttribute("hx-headers") || "{}");
  try {
    const answer = await fetch(button.dataset.url, {
      method: "POST", credentials: "same-origin", headers: { ...token, Accept: "application/json" },
      body: new URLSearchParams({ text: field.value }),
    });
    const { found } = await answer.json();
    said.textContent = found.length
      ? "Det her kan pege på en person: " + found.map((each) => "“" + each.text + "” (skriv hellere " + each.instead + ")").join(", ") + "."
      : "Der er ikke fundet noget, der peger på en person.";
  } catch { said.textContent = "Teksten kunne ikke ses efter lige nu. Der spørges igen, når du gemmer."; }
}

/* Fejloversigten får fokus, så skærmlæser og tastatur begynder der */
const errors = document.querySelector(".th-errors");
const looked = errors || document.querySelector("[data-look]"); /* det, der følger, læses, før der gemmes */
if (looked) looked.focus();
