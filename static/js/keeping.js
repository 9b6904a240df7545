// What is typed into a long form is kept as a draft while one types, and the form says so. It is never sent by itself.
for (const place of document.querySelectorAll("[data-kept]")) {
  const form = place.closest("form");
  const say = (words) => { if (place.textContent !== words) place.textContent = words; };
  let waiting = 0, changed = false, sent = false, going = null;

  const typed = () => {
    const fields = new URLSearchParams();
    for (const [name, value] of new FormData(form)) if (typeof value === "string") fields.append(name, value);
    return fields;
  };

  const keep = async (leaving) => {
    clearTimeout(waiting);
    waiting = 0;
    if (!changed || sent) return;
    changed = false;
    going = new AbortController();
    try {
      const answer = await fetch("/unsent", { method: "POST", body: typed(), keepalive: leaving, signal: going.signal });
      const elsewhere = answer.redirected && answer.url;
      if (answer.ok && !elsewhere) say(await answer.text());
      else if (elsewhere && !elsewhere.endsWith("next=%2Funsent")) say("Your session has run out. What you typed is kept as a draft: sign in again, and put it back.");
      else say("This could not be kept as a draft. Save it before you leave the page.");
    } catch {
      if (sent) return;
      changed = true;
      say("This is not kept yet: there is no connection. It is tried again while you type.");
    }
  };

  form.addEventListener("input", () => {
    changed = true;
    waiting ||= setTimeout(keep, 1500, false);
  });
  form.addEventListener("submit", () => {
    sent = true;
    clearTimeout(waiting);
    if (going) going.abort();
  });
  document.addEventListener("visibilitychange", () => { if (document.visibilityState === "hidden") keep(true); });
  window.addEventListener("pageshow", (event) => { if (event.persisted) sent = false; });
}
