// A refused form shows its first error, unless the person who sent it is in another field by now.
let sentFrom = null;
document.addEventListener("submit", () => { sentFrom = document.activeElement; }, true);
window.focusFirstError = () => setTimeout(() => {
  const at = document.activeElement;
  if (at !== sentFrom && at.matches("input, textarea, select")) return;
  document.querySelector('form [aria-invalid="true"]')?.focus();
}, 60);
