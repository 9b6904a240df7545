// Keys of a workbench: j and n go on, k and p go back, s saves and goes on. Everything works without them.
document.addEventListener("keydown", (event) => {
  const typing = event.target.closest("input:not([type=radio]):not([type=checkbox]), textarea, select, [contenteditable]");
  if (typing || event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
  const link = document.querySelector(`a[data-key~="${CSS.escape(event.key)}"]`);
  if (link) link.click();
  const save = event.key === "s" && document.querySelector("#finding button[name=go][value=on]");
  if (save) save.click();
});

const here = document.querySelector(".workbench__list [aria-current]");
if (here) here.closest("nav").scrollTop = here.offsetTop - 120;
