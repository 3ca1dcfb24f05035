// Words that are typed and not sent are kept on the server, for their writer only; never in this browser.
(() => {
  const AFTER = 700;
  const waiting = new Map();
  const body = (form) => {
    const words = new URLSearchParams({ form: form.dataset.form });
    for (const field of form.querySelectorAll("textarea, select")) words.set(field.name, field.value);
    return words;
  };
  const keep = (form) => {
    clearTimeout(waiting.get(form));
    waiting.delete(form);
    navigator.sendBeacon(form.dataset.draft, body(form));
  };
  addEventListener("input", (event) => {
    const form = event.target.closest?.("form[data-draft]");
    if (!form) return;
    clearTimeout(waiting.get(form));
    waiting.set(form, setTimeout(() => keep(form), AFTER));
  });
  // What is sent is no draft any more; what is left is kept at once.
  addEventListener("submit", (event) => { clearTimeout(waiting.get(event.target)); waiting.delete(event.target); }, true);
  const keepAll = () => [...waiting.keys()].forEach(keep);
  addEventListener("pagehide", keepAll);
  addEventListener("click", (event) => { if (event.target.closest?.("a[href]")) keepAll(); }, true);
})();
