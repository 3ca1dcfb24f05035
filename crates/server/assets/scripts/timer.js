// The clock of a call: how long since the page of the contact opened. It only shows; the server writes the times down.
(() => {
  // Longer than any call: then the two clocks differ, and the time is counted from when this browser first showed the page.
  const longest = 4 * 60 * 60;
  const shown = new WeakMap();
  const two = (number) => String(number).padStart(2, "0");
  const show = () => {
    for (const node of document.querySelectorAll("[data-timer]")) {
      if (!shown.has(node)) shown.set(node, Date.now());
      const since = (from) => Math.floor((Date.now() - from) / 1000);
      let seconds = since(Date.parse(node.dataset.timer));
      if (!(seconds >= 0 && seconds < longest)) seconds = since(shown.get(node));
      const hours = Math.floor(seconds / 3600), minutes = Math.floor(seconds / 60) % 60;
      node.textContent = `${hours > 0 ? `${hours}:${two(minutes)}` : minutes}:${two(seconds % 60)} on this contact`;
    }
  };
  show();
  setInterval(show, 1000);
})();
