/* Nøgler (passkeys): <form data-passkey="create|get|login"> får sit svar fra telefonen, computeren eller nøglen.
   create og get har spørgsmålet i formularens <script type="application/json">; login henter det, når man trykker. */
"use strict";
(() => {
  const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
  const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  const known = (list) => (list || []).map((each) => ({ ...each, id: bytes(each.id) }));

  async function question(form) {
    if (form.dataset.passkey !== "login") return JSON.parse(form.querySelector("script").textContent).publicKey;
    const answer = await fetch(form.action, { headers: { Accept: "application/json" } });
    if (!answer.ok) throw new Error(String(answer.status));
    return (await answer.json()).request_options.publicKey;
  }
  async function make(ask) {
    // En nøgle, man kan logge ind med alene: den ligger på enheden og spørger efter finger, ansigt eller kode.
    const publicKey = {
      ...ask,
      challenge: bytes(ask.challenge),
      user: { ...ask.user, id: bytes(ask.user.id) },
      excludeCredentials: known(ask.excludeCredentials),
      authenticatorSelection: { residentKey: "required", requireResidentKey: true, userVerification: "required" },
    };
    const made = await navigator.credentials.create({ publicKey });
    return {
      ...same(made),
      response: {
        clientDataJSON: text(made.response.clientDataJSON),
        attestationObject: text(made.response.attestationObject),
        transports: made.response.getTransports ? made.response.getTransports() : [],
      },
    };
  }
  async function show(ask) {
    const publicKey = { ...ask, challenge: bytes(ask.challenge), allowCredentials: known(ask.allowCredentials) };
    const shown = await navigator.credentials.get({ publicKey });
    const response = {};
    for (const part of ["clientDataJSON", "authenticatorData", "signature", "userHandle"]) {
      if (shown.response[part]) response[part] = text(shown.response[part]);
    }
    return { ...same(shown), response };
  }
  function same(credential) {
    return {
      id: credential.id,
      rawId: text(credential.rawId),
      type: credential.type,
      authenticatorAttachment: credential.authenticatorAttachment,
      clientExtensionResults: credential.getClientExtensionResults(),
    };
  }

  if (!window.PublicKeyCredential) return;
  for (const form of document.querySelectorAll("form[data-passkey]")) {
    const button = form.querySelector("button");
    const failed = form.querySelector("[role=alert]");
    form.hidden = false;
    button.addEventListener("click", async () => {
      failed.hidden = true;
      try {
        const ask = await question(form);
        const credential = await (form.dataset.passkey === "create" ? make(ask) : show(ask));
        form.elements.credential.value = JSON.stringify(credential);
        form.submit();
      } catch {
        failed.hidden = false;
      }
    });
  }
})();
