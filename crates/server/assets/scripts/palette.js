// Finding: what is typed goes to the server in the body of a request, so it stands in no address. Answers are links; the
// arrows move, Enter opens. Ctrl K opens the palette, / the field in the bar; both ask the same.
(() => {
  const AFTER = 120;
  // What the letters of this page do, as far as their words fit what was typed.
  const commands = (typed) => {
    const found = [...document.querySelectorAll("main [data-key]")]
      .filter((node) => node.offsetParent !== null && !node.disabled)
      .map((node) => [node.dataset.key, (node.querySelector("summary") ?? node).textContent.replace(/\s+\S$/, "").trim()])
      .filter(([, words]) => words && words.toLowerCase().includes(typed.toLowerCase()));
    if (!found.length) return [];
    const section = document.createElement("section");
    section.setAttribute("aria-label", "On this page");
    section.append(Object.assign(document.createElement("h3"), { textContent: "On this page" }));
    const list = document.createElement("ul");
    for (const [key, words] of found) {
      const button = Object.assign(document.createElement("button"), { type: "button", className: "hit" });
      button.dataset.command = key;
      button.append(words, " ", Object.assign(document.createElement("kbd"), { textContent: key.toUpperCase() }));
      const row = document.createElement("li");
      row.append(button);
      list.append(row);
    }
    section.append(list);
    return [section];
  };

  const ask = (field, list) => {
    let timer = 0;
    let asked = 0;
    // What is shown is of an earlier word: Enter waits for the answer to what was typed.
    let stale = false;
    const look = async () => {
      const turn = ++asked;
      const answer = await fetch("/palette", { method: "POST", body: new URLSearchParams({ q: field.value }) });
      if (!answer.ok || turn !== asked) return;
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const own = list.dataset.first === undefined ? [] : commands(field.value);
      const found = [...page.body.children].filter((node) => !own.length || node.tagName !== "P");
      list.replaceChildren(...own, ...found);
      list.hidden = !list.children.length;
      field.setAttribute("aria-expanded", String(!list.hidden));
      stale = false;
    };
    field.addEventListener("input", () => { stale = true; clearTimeout(timer); timer = setTimeout(look, AFTER); });
    field.addEventListener("keydown", async (event) => {
      if (event.key === "Enter" && list.dataset.first !== undefined && stale) {
        event.preventDefault();
        clearTimeout(timer);
        await look();
        list.querySelector("a, button")?.click();
        return;
      }
      const links = [...list.querySelectorAll("a, button")];
      if (event.key === "ArrowDown" && links.length) { event.preventDefault(); links[0].focus(); }
      if (event.key === "Enter" && list.dataset.first !== undefined && links.length) { event.preventDefault(); links[0].click(); }
    });
    list.addEventListener("keydown", (event) => {
      const links = [...list.querySelectorAll("a, button")];
      const here = links.indexOf(document.activeElement);
      const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (!by) return;
      event.preventDefault();
      (links[here + by] ?? field).focus();
    });
    return look;
  };

  addEventListener("DOMContentLoaded", () => {
    const find = document.querySelector("[data-find]");
    const hits = document.getElementById("find-hits");
    if (find && hits) {
      ask(find, hits);
      const close = () => { hits.hidden = true; find.setAttribute("aria-expanded", "false"); };
      addEventListener("click", (event) => { if (!find.form.contains(event.target)) close(); });
      find.form.addEventListener("keydown", (event) => { if (event.key === "Escape") close(); });
    }
    const dialog = document.getElementById("palette");
    const field = document.getElementById("palette-field");
    if (!dialog || !field) return;
    const look = ask(field, document.getElementById("palette-hits"));
    addEventListener("keydown", (event) => {
      if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== "k") return;
      event.preventDefault();
      if (dialog.open) return dialog.close();
      dialog.showModal();
      field.value = "";
      field.focus();
      look();
    });
    // A command of this page: what its letter would do.
    dialog.addEventListener("click", (event) => {
      const command = event.target.closest?.("[data-command]");
      if (!command) return;
      dialog.close();
      dispatchEvent(new CustomEvent("tierline:key", { detail: command.dataset.command }));
    });
  });
})();
