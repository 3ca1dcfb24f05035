// News from the server: how many notices are unread, and that work changed. One tab of a browser listens and tells the
// others, because a browser opens few connections to one server.
(() => {
  const channel = "BroadcastChannel" in window ? new BroadcastChannel("tierline") : null;
  let unread = null;

  const show = (news) => {
    const bell = document.querySelector("[data-bell]");
    if (bell && "unread" in news) {
      const count = news.unread > 99 ? "99+" : String(news.unread);
      bell.querySelector("b").textContent = news.unread ? count : "";
      bell.setAttribute("aria-label", news.unread ? `Notices, ${count} unread` : "Notices, none unread");
      if (unread !== null && news.unread > unread && news.words) {
        const said = document.getElementById("news");
        const link = document.createElement("a");
        link.href = news.href;
        link.textContent = news.words;
        said.replaceChildren(link);
        said.hidden = false;
      }
      unread = news.unread;
    }
    if (news.changed) refresh();
  };

  // The wall shows what is true now; a person who has opened a disclosure or moved the focus keeps both.
  let waits = false;
  const refresh = async () => {
    const live = document.querySelector("[data-live]");
    if (!live || waits || document.hidden) return;
    waits = true;
    try {
      const answer = await fetch(live.dataset.live);
      if (!answer.ok) return;
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const fresh = page.querySelector("[data-live]");
      const focused = document.activeElement?.id;
      if (fresh) live.replaceWith(fresh);
      if (focused) document.getElementById(focused)?.focus();
    } finally {
      setTimeout(() => { waits = false; }, 2000);
    }
  };

  const listen = () => {
    const source = new EventSource("/events");
    source.addEventListener("news", (event) => {
      const news = JSON.parse(event.data);
      show(news);
      channel?.postMessage(news);
    });
    addEventListener("pagehide", () => source.close());
  };

  addEventListener("DOMContentLoaded", () => {
    if (!document.querySelector("[data-bell]")) return;
    channel?.addEventListener("message", (event) => show(event.data));
    if (channel && navigator.locks) {
      navigator.locks.request("tierline-news", () => new Promise(() => listen()));
    } else {
      listen();
    }
  });
})();
