
/* The buttons of the view, search, order, keys and printing. */
(() => {
  const { main, cards, judged, byId, redraw, drawNear, drawAll, watchAgain } = Page;
  const root = document.documentElement, body = document.body;

  /* View */
  function toggle(id, name, on) {
    const button = byId(id);
    button.addEventListener("click", () => {
      const pressed = button.getAttribute("aria-pressed") !== "true";
      button.setAttribute("aria-pressed", pressed);
      body.classList.toggle(name, pressed === on);
      redraw();
    });
  }
  toggle("labels", "unlabelled", false);
  toggle("numbers", "numbers", true);
  toggle("colours", "by-verdict", true);
  body.classList.toggle("by-verdict", judged);
  byId("arcs").addEventListener("click", () => {
    const modes = ["all", "pointed", "none"];
    const mode = modes[(modes.indexOf(body.dataset.arcs) + 1) % modes.length];
    body.dataset.arcs = mode;
    byId("arcs").textContent = `arcs: ${mode}`;
    byId("arcs").setAttribute("aria-pressed", mode !== "none");
    redraw();
  });
  byId("theme").addEventListener("click", () => {
    const dark = root.dataset.theme
      ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
    root.dataset.theme = dark ? "light" : "dark";
  });

  const controls = document.querySelector(".controls");
  const narrow = matchMedia("screen and (max-width: 860px)");
  controls.open = !narrow.matches;
  narrow.addEventListener("change", () => { controls.open = !narrow.matches; });

  /* Finding documents */
  const search = byId("search"), choice = byId("choice"), order = byId("order");
  const errors = (card, names) => Object.values(card.counts)
    .reduce((sum, counts) => sum + names.reduce((s, name) => s + counts[name], 0), 0);
  const chosen = {
    all: () => true,
    errors: (card) => errors(card, ["wrong", "missed"]) > 0,
    wrong: (card) => errors(card, ["wrong"]) > 0,
    missed: (card) => errors(card, ["missed"]) > 0,
    failed: (card) => card.querySelector(".failure") !== null,
    "has-mentions": (card) => card.querySelector(".m") !== null,
    "has-relations": (card) => card.querySelector(".list.relations") !== null,
    "has-facts": (card) => card.querySelector(".list.facts") !== null,
  };
  function find() {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    let found = 0;
    for (const card of cards) {
      card.words ??= card.textContent.toLowerCase();
      const matches = words.every((word) => card.words.includes(word));
      card.hidden = !(matches && chosen[choice.value](card));
      if (!card.hidden) found++;
    }
    const all = found === cards.length;
    byId("found").textContent = all ? "" : `${found} of ${cards.length} documents`;
    byId("nothing").hidden = found > 0;
    drawNear();
  }
  const ranks = {
    file: () => 0,
    errors: (card) => -errors(card, ["wrong", "missed"]),
    relations: (card) => -card.querySelectorAll(".list.relations li").length,
    mentions: (card) => -card.querySelectorAll(".m.b").length,
  };
  let pending = 0;
  search.addEventListener("input", () => {
    clearTimeout(pending);
    pending = setTimeout(find, 120);
  });
  choice.addEventListener("change", find);
  order.addEventListener("change", () => {
    const rank = new Map(cards.map((card, i) => [card, [ranks[order.value](card), i]]));
    const sorted = [...cards].sort((a, b) => {
      const [x, y] = [rank.get(a), rank.get(b)];
      return x[0] - y[0] || x[1] - y[1];
    });
    byId("nothing").before(...sorted);
  });

  /* Keys */
  function step(by) {
    const open = cards.filter((card) => !card.hidden)
      .sort((a, b) => a.compareDocumentPosition(b) & Node.DOCUMENT_POSITION_FOLLOWING ? -1 : 1);
    if (!open.length) return;
    const current = open.indexOf(main.querySelector(".card.current"));
    const next = open[Math.max(0, Math.min(open.length - 1, current + by))];
    main.querySelector(".card.current")?.classList.remove("current");
    next.classList.add("current");
    next.scrollIntoView({ behavior: "auto" });
  }
  const keys = {
    j: () => step(1), k: () => step(-1),
    l: () => byId("labels").click(), s: () => byId("numbers").click(), r: () => byId("arcs").click(), c: () => byId("colours").click(), d: () => byId("theme").click(),
    "/": () => search.focus(), Escape: Pointing.letGo,
  };
  addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.matches("input[type=search], select")) {
      if (event.key === "Escape") event.target.blur();
      return;
    }
    if (!keys[event.key]) return;
    event.preventDefault();
    keys[event.key]();
  });

  /* Printing: all documents are laid out at the width of the paper. */
  window.addEventListener("beforeprint", () => {
    Pointing.letGo();
    root.classList.add("printing");
    drawAll();
  });
  window.addEventListener("afterprint", () => {
    root.classList.remove("printing");
    watchAgain();
  });
})();
