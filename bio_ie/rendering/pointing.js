
/* Highlights what is under the pointer: a mention with its relations and entity, or a relation. */
const Pointing = (() => {
  const { main, byId, marksOf, isShown } = Page;
  const popover = byId("popover");
  let held = null, lit = null;

  function dark() {
    if (!lit) return;
    lit.classList.remove("focus");
    for (const element of lit.querySelectorAll(".on, .kin")) element.classList.remove("on", "kin");
    lit = null;
    popover.hidden = true;
  }

  function light(card, indices, touches) {
    dark();
    lit = card;
    const arcs = [...card.querySelectorAll(".arc")].filter((arc) => touches(arc.relation));
    for (const arc of arcs) {
      arc.classList.add("on");
      indices.add(arc.relation.h).add(arc.relation.t);
    }
    if (arcs.length) card.classList.add("focus");
    for (const index of indices) marksOf(card, index).forEach((mark) => mark.classList.add("on"));
  }

  function lightMention(mark) {
    const card = mark.closest(".card"), { i, e } = mark.dataset;
    light(card, new Set([i]), (arc) => arc.h === i || arc.t === i);
    if (e !== undefined) {
      for (const kin of card.querySelectorAll(`.m[data-e="${e}"]`)) kin.classList.add("kin");
    }
  }

  function describe(mark) {
    const section = document.createElement("section");
    const looks = /^([tcp]\d+|right|wrong|missed)$/;
    section.className = [...mark.classList].filter((name) => looks.test(name)).join(" ");
    const card = mark.closest(".card");
    const name = document.createElement("b");
    name.textContent = [...marksOf(card, mark.dataset.i)].filter((piece) => !piece.matches(".gap"))
      .map((piece) => piece.textContent).join(" ");
    section.append(name);
    mark.about ??= mark.title;
    mark.removeAttribute("title");
    for (const line of mark.about.split("\n")) {
      const row = section.appendChild(document.createElement("span"));
      row.textContent = line;
      if (line.startsWith("score ")) {
        const bar = section.appendChild(document.createElement("div"));
        bar.className = "bar";
        const part = bar.appendChild(document.createElement("i"));
        part.style.width = `${100 * Number(line.slice(6))}%`;
      }
    }
    return section;
  }

  function popUp(mark) {
    const seen = new Set(), sections = [];
    for (let at = mark; at; at = at.parentElement.closest(".m")) {
      if (seen.has(at.dataset.i) || !isShown(at)) continue;
      seen.add(at.dataset.i);
      sections.push(describe(at));
    }
    popover.replaceChildren(...sections);
    popover.hidden = false;
    const box = mark.getBoundingClientRect(), size = popover.getBoundingClientRect();
    const below = box.bottom + 8 + size.height < innerHeight;
    popover.style.left = `${Math.max(8, Math.min(box.left, innerWidth - size.width - 8))}px`;
    popover.style.top = `${below ? box.bottom + 8 : Math.max(8, box.top - size.height - 8)}px`;
  }

  function point(target) {
    const mark = target.closest?.(".m"), arc = target.closest?.(".arc");
    if (mark && isShown(mark)) {
      lightMention(mark);
      popUp(mark);
      return true;
    }
    if (arc) {
      light(arc.closest(".card"), new Set(), (relation) => relation === arc.relation);
      return true;
    }
    return false;
  }
  main.addEventListener("pointerover", (event) => {
    if (held) return;
    if (!point(event.target)) dark();
  });
  main.addEventListener("pointerleave", () => { if (!held) dark(); });
  main.addEventListener("click", (event) => {
    if (event.target.closest("a, summary")) return;
    held = null;
    if (point(event.target)) held = event.target; else dark();
  });
  addEventListener("scroll", () => { popover.hidden = true; }, { passive: true });

  function letGo() {
    held = null;
    dark();
  }
  return { letGo };
})();
