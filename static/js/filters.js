// While results change, the filters stay as one left them: what was opened is open, and the keyboard is where it was.
let open = new Map(), here = "";

const placeOf = (one) => {
  if (one.matches("input[type=checkbox]")) return `[name="${CSS.escape(one.name)}"][value="${CSS.escape(one.value)}"]`;
  return one.matches("[data-fold] > summary") ? `[data-fold="${CSS.escape(one.parentElement.dataset.fold)}"] > summary` : "";
};

document.addEventListener("htmx:configRequest", ({ detail: { formData } }) => {
  for (const [name, value] of [...formData]) if (value === "") formData.delete(name);
});

document.addEventListener("htmx:beforeSwap", ({ detail: { target, requestConfig } }) => {
  open = new Map(Array.from(target.querySelectorAll("[data-fold]"), (one) => [one.dataset.fold, one.open]));
  if (requestConfig.elt.id === "search") open.delete("drawer");
  here = target.contains(document.activeElement) ? placeOf(document.activeElement) : "";
});

document.addEventListener("htmx:afterSwap", ({ detail: { target } }) => {
  if (!target) return; // what Back brings is the page as it was
  for (const one of target.querySelectorAll("[data-fold]")) one.open = open.get(one.dataset.fold) ?? one.open;
  if (here) target.querySelector(here)?.focus({ preventScroll: true });
});
