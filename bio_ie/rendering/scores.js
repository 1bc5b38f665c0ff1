
/* The threshold and the legend decide what counts; the counts and scores are updated. */
(() => {
  const { main, cards, verdicts, state, byId, isLow, redraw } = Page;

  const kinds = { mentions: ".m.b", relations: ".list.relations li", facts: ".list.facts li" };
  const items = [];
  cards.forEach((card, number) => {
    for (const kind in kinds) {
      for (const element of card.querySelectorAll(kinds[kind])) {
        const verdict = verdicts.find((name) => element.classList.contains(name));
        items.push({
          element, kind, number, verdict, type: element.classList[kind === "mentions" ? 1 : 0],
          score: element.dataset.s === undefined ? 1 : Number(element.dataset.s),
          counted: !element.classList.contains("dup"),
        });
      }
    }
  });

  const percent = (part, whole) => (whole ? (100 * part / whole).toFixed(1) : "0.0");
  const newCounts = () => ({ right: 0, wrong: 0, missed: 0 });

  function count() {
    const byType = new Map(), total = {}, each = cards.map(() => ({}));
    for (const { kind, number, verdict, type, score, counted } of items) {
      if (!counted) continue;
      const passes = score >= state.threshold;
      if (passes && verdict !== "missed") byType.set(type, (byType.get(type) || 0) + 1);
      if (!verdict) continue;
      const now = passes ? verdict : verdict === "right" ? "missed" : null;
      if (!now) continue;
      (total[kind] ||= newCounts())[now]++;
      (each[number][kind] ||= newCounts())[now]++;
    }
    return { byType, total, each };
  }

  function showCounts() {
    const { byType, total, each } = count();
    for (const button of document.querySelectorAll(".legend [data-hides]")) {
      const output = button.querySelector("output");
      if (output) output.textContent = (byType.get(button.dataset.hides) || 0).toLocaleString("en");
    }
    for (const row of document.querySelectorAll(".scores tbody tr")) {
      const { right, wrong, missed } = total[row.dataset.kind] || newCounts();
      const values = [
        percent(right, right + wrong), percent(right, right + missed),
        percent(2 * right, 2 * right + wrong + missed),
        ...[right, wrong, missed].map((value) => value.toLocaleString("en")),
      ];
      values.forEach((value, i) => { row.cells[i + 1].textContent = value; });
    }
    cards.forEach((card, number) => {
      card.counts = each[number];
      for (const chip of card.querySelectorAll(".chips .judged")) {
        const { right, wrong, missed } = each[number][chip.dataset.kind] || newCounts();
        const [r, w, m] = chip.querySelectorAll("span");
        r.textContent = right; w.textContent = wrong; m.textContent = missed;
        chip.querySelector("b").textContent = percent(2 * right, 2 * right + wrong + missed);
      }
    });
  }

  const slider = byId("threshold");
  if (slider) {
    slider.value = 0;
    slider.addEventListener("input", () => {
      state.threshold = Number(slider.value);
      byId("threshold-value").textContent = state.threshold.toFixed(2);
      for (const element of main.querySelectorAll("[data-s]")) {
        element.classList.toggle("low", isLow(element));
      }
      showCounts();
      redraw();
    });
  }
  showCounts();

  /* Legend */
  const sheet = document.head.appendChild(document.createElement("style"));
  for (const button of document.querySelectorAll("[data-hides]")) {
    button.addEventListener("click", () => {
      const name = button.dataset.hides;
      const show = state.hidden.delete(name);
      if (!show) state.hidden.add(name);
      button.setAttribute("aria-pressed", show);
      sheet.textContent = [...state.hidden].map((it) => (
        `.m.${it} { background: none; border-color: transparent; padding-inline: 0; }`
        + `.m.${it}::after { content: none !important; } .list li.${it} { display: none; }`
      )).join("\n");
      redraw();
    });
  }
})();
