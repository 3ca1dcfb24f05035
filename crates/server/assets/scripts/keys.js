// The keyboard map. A letter opens, selects or moves; it never moves money or sends anything.
// Ctrl Enter commits what is on the screen. Letters are silent while a field has focus; a setting turns them off.
(() => {
  const off = () => localStorage.getItem("keys") === "off";
  const inField = (node) => node instanceof HTMLElement
    && (node.isContentEditable || /^(INPUT|SELECT|TEXTAREA)$/.test(node.tagName))
    && !["radio", "checkbox"].includes(node.type);
  const shown = (node) => node && node.offsetParent !== null && !node.disabled;
  let afterG = false;

  // The rows that J and K walk: each has one link, marked data-row.
  const step = (by) => {
    const rows = [...document.querySelectorAll("[data-row]")].filter(shown);
    if (!rows.length) return;
    const here = rows.indexOf(document.activeElement);
    const start = here >= 0 ? here : rows.findIndex((row) => row.hasAttribute("aria-current"));
    const next = start < 0 ? (by > 0 ? 0 : rows.length - 1) : Math.min(rows.length - 1, Math.max(0, start + by));
    rows[next].focus();
    rows[next].scrollIntoView({ block: "nearest" });
  };

  // Opens what a letter stands for: a link is followed, a disclosure opened with focus inside, a field focused.
  const open = (marked) => {
    const node = marked.tagName === "SUMMARY" ? marked.parentElement : marked;
    if (node.tagName === "A") return node.click();
    if (node.tagName === "DETAILS") {
      node.open = true;
      node.scrollIntoView({ block: "nearest" });
      return (node.querySelector("input:not([type=hidden]), textarea, select") ?? node.querySelector("summary"))?.focus();
    }
    node.focus();
  };

  const commit = () => {
    const form = document.activeElement?.closest?.("form") ?? document.querySelector("form[data-commit]");
    if (form && form.method === "post") form.requestSubmit();
  };

  addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) { event.preventDefault(); return commit(); }
    const dialog = document.getElementById("keymap");
    if (event.key === "Escape" && inField(document.activeElement)) return document.activeElement.blur();
    if (event.ctrlKey || event.metaKey || event.altKey || inField(document.activeElement) || off()) return;
    if (document.querySelector("dialog[open]") && !(dialog?.open && event.key === "?")) return;
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    let target = null;
    if (afterG) {
      afterG = false;
      target = document.querySelector(`[data-go="${CSS.escape(key)}"]`);
      if (target) { event.preventDefault(); target.click(); }
      return;
    }
    switch (key) {
      case "g": afterG = true; setTimeout(() => { afterG = false; }, 1200); return;
      case "/": target = document.querySelector("[data-find]"); if (target) { event.preventDefault(); target.focus(); target.select(); } return;
      case "?": event.preventDefault(); dialog?.open ? dialog.close() : dialog?.showModal(); return;
      case "j": event.preventDefault(); return step(1);
      case "k": event.preventDefault(); return step(-1);
      case " ": {
        // A row that has the focus is chosen for one step with others.
        const tick = document.activeElement?.closest?.("li")?.querySelector("input[type=checkbox]");
        if (tick && tick !== document.activeElement) { event.preventDefault(); tick.checked = !tick.checked; }
        return;
      }
    }
    target = [...document.querySelectorAll(`[data-key="${CSS.escape(key)}"]`)].find(shown);
    if (target) { event.preventDefault(); open(target); return; }
    if (/^[1-9]$/.test(key)) {
      const choice = [...document.querySelectorAll(".choice input")].filter(shown)[Number(key) - 1];
      if (choice) { choice.checked = true; choice.focus(); }
    }
  });

  // A command chosen in the palette does what its letter does; a button is pressed, for it was chosen by its words.
  addEventListener("tierline:key", (event) => {
    const target = [...document.querySelectorAll(`main [data-key="${CSS.escape(event.detail)}"]`)].find(shown);
    if (target?.tagName === "BUTTON") target.click();
    else if (target) open(target);
  });

  addEventListener("click", (event) => {
    const button = event.target.closest?.("[data-opens], [data-closes], [data-print], [data-keys-setting]");
    if (!button) return;
    if (button.dataset.opens) document.getElementById(button.dataset.opens)?.showModal();
    if (button.dataset.closes) document.getElementById(button.dataset.closes)?.close();
    if ("print" in button.dataset) print();
    if ("keysSetting" in button.dataset) {
      localStorage.setItem("keys", off() ? "on" : "off");
      button.textContent = off() ? "Turn letters on" : "Turn letters off";
    }
  });

  // What is wider or longer than its frame can be scrolled by keyboard too: the frame takes the focus.
  const reach = () => {
    for (const frame of document.querySelectorAll(".scroll, pre")) {
      const isCut = frame.scrollWidth > frame.clientWidth || frame.scrollHeight > frame.clientHeight;
      if (!isCut) frame.removeAttribute("tabindex");
      else if (!frame.hasAttribute("tabindex")) frame.tabIndex = 0;
    }
  };
  for (const change of ["resize", "htmx:afterSettle", "toggle"]) addEventListener(change, reach, true);

  addEventListener("DOMContentLoaded", () => {
    reach();
    // A toast stays until it is dismissed by the next page; the address forgets it, so that a reload does not repeat it.
    const address = new URL(location.href);
    if (address.searchParams.has("done")) {
      address.searchParams.delete("done");
      history.replaceState(null, "", address);
    }
    (document.querySelector("[aria-invalid=true]") ?? document.querySelector("[data-focus]"))?.focus();
    for (const setting of document.querySelectorAll("[data-keys-setting]")) if (off()) setting.textContent = "Turn letters on";
  });
})();
