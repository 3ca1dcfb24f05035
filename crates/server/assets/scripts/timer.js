// The clock of a call: how long since the page of the contact opened. It only shows; the server writes the times down.
(() => {
  const show = () => {
    for (const node of document.querySelectorAll("[data-timer]")) {
      const seconds = Math.max(0, Math.floor((Date.now() - Date.parse(node.dataset.timer)) / 1000));
      node.textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")} on this contact`;
    }
  };
  if (document.querySelector("[data-timer]")) { show(); setInterval(show, 1000); }
})();
