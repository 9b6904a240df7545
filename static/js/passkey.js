// Passkeys: asks the browser what the form carries, puts the answer into it and sends it. Everything else works without.
const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (letter) => letter.charCodeAt(0));
const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

const read = (asked, mode) => {
  const options = { ...asked, challenge: bytes(asked.challenge) };
  for (const list of ["allowCredentials", "excludeCredentials"]) {
    if (options[list]) options[list] = options[list].map((one) => ({ ...one, id: bytes(one.id) }));
  }
  if (mode === "make") options.user = { ...asked.user, id: bytes(asked.user.id) };
  return options;
};

const written = (key) => {
  const response = { clientDataJSON: text(key.response.clientDataJSON) };
  for (const part of ["attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (key.response[part]) response[part] = text(key.response[part]);
  }
  return JSON.stringify({ id: key.id, rawId: text(key.rawId), type: key.type, response, clientExtensionResults: {} });
};

const ask = async (form) => {
  const { asked, origin, passkey: mode } = form.dataset;
  const told = form.querySelector("[role=alert]");
  told.textContent = "";
  if (location.origin !== origin) {
    told.textContent = `Passkeys belong to ${origin}. Open this page there.`;
    return;
  }
  try {
    const publicKey = read(JSON.parse(asked), mode);
    const key = mode === "make" ? await navigator.credentials.create({ publicKey }) : await navigator.credentials.get({ publicKey });
    form.elements.answer.value = written(key);
    form.submit();
  } catch (fault) {
    told.textContent = fault.name === "InvalidStateError" ? "This device has a passkey of yours already."
      : "The device gave no passkey: it was turned down, or took too long. Try again, or take another way.";
  }
};

for (const form of document.querySelectorAll("form[data-passkey]")) {
  if (!window.PublicKeyCredential) continue;
  form.hidden = false;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    ask(form);
  });
}
