
/* The state that all scripts share: what is hidden, and what is drawn. */
const Page = (() => {
  const body = document.body, main = document.querySelector("main");
  const byId = (id) => document.getElementById(id);
  const cards = [...main.querySelectorAll(".card")];
  const judged = body.classList.contains("judged");
  const signs = { right: "✓", wrong: "✗", missed: "○" }, verdicts = Object.keys(signs);
  const state = { threshold: 0, hidden: new Set() };

  /* What is shown now. A right annotation below the threshold counts as missed. */
  const isLow = ({ dataset }) => dataset.s !== undefined && Number(dataset.s) < state.threshold;
  const staysAsMissed = (element) => element.matches(".right:not(.dup)");
  const isHidden = (element) => [...element.classList].some((name) => state.hidden.has(name));
  const isShown = (element) => !isHidden(element) && (!isLow(element) || staysAsMissed(element));
  const marksOf = (card, index) => card.querySelectorAll(`.m[data-i="${index}"]`);

  function arcsOf(card) {
    const arcs = [];
    const visible = new Map();
    for (const mark of card.querySelectorAll(".m.b")) {
      visible.set(mark.dataset.i, isShown(mark));
    }
    for (const item of card.querySelectorAll(".list.relations li")) {
      const { h, t } = item.dataset, low = isLow(item);
      if (!isShown(item) || !visible.get(h) || !visible.get(t)) continue;
      const verdict = low ? "missed" : verdicts.find((name) => item.classList.contains(name));
      const score = body.classList.contains("numbers") && item.querySelector("small");
      arcs.push({
        h, t, directed: item.dataset.undirected === undefined,
        classes: low ? item.className.replace("right", "missed") : item.className,
        label: (verdict ? `${signs[verdict]} ` : "") + item.querySelector(".predicate").textContent
          + (score ? ` ${score.textContent}` : ""),
      });
    }
    return arcs;
  }

  /* Arcs are drawn for the documents on the screen and next to it. They are drawn again if
     something has changed since then. */
  let generation = 0;
  const near = new Set(), drawn = new Map();

  function drawNear() {
    for (const card of near) {
      if (card.hidden || drawn.get(card) === generation) continue;
      drawn.set(card, generation);
      Arcs.draw(card, body.dataset.arcs === "none" ? [] : arcsOf(card));
    }
  }
  let asked = false;
  function redraw() {
    generation++;
    if (asked) return;
    asked = true;
    requestAnimationFrame(() => { asked = false; drawNear(); });
  }
  const watcher = new IntersectionObserver((entries) => {
    for (const entry of entries) {
      if (entry.isIntersecting) near.add(entry.target); else near.delete(entry.target);
    }
    drawNear();
  }, { rootMargin: "500px 0px" });
  cards.forEach((card) => watcher.observe(card));
  function drawAll() {
    generation++;
    cards.forEach((card) => near.add(card));
    drawNear();
  }
  function watchAgain() {
    near.clear();
    for (const card of cards) { watcher.unobserve(card); watcher.observe(card); }
    redraw();
  }
  let width = 0;
  new ResizeObserver(() => {
    if (main.clientWidth !== width) { width = main.clientWidth; redraw(); }
  }).observe(main);

  return {
    main, cards, judged, verdicts, state, byId, marksOf, isLow, isShown,
    redraw, drawNear, drawAll, watchAgain,
  };
})();
