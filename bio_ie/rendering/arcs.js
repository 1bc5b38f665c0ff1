
"use strict";

/* Relations as arcs. Each line of text gets room above it for as many tracks as its arcs need.
   An arc between two lines goes through the left or right margin. */
const Arcs = (() => {
  const TRACK = 15, REACH = 8, CORNER = 5, LANE = 5, SAME_LINE = 9;
  const canvas = document.createElement("canvas").getContext("2d");
  const widths = new Map();

  function labelWidth(label) {
    if (!widths.has(label)) {
      canvas.font = "600 10px system-ui, sans-serif";
      widths.set(label, canvas.measureText(label).width + 12);
    }
    return widths.get(label);
  }

  function svg(name, attributes, parent) {
    const element = document.createElementNS("http://www.w3.org/2000/svg", name);
    for (const key in attributes) element.setAttribute(key, attributes[key]);
    if (parent) parent.append(element);
    return element;
  }

  function clear(card) {
    for (const old of card.querySelectorAll(".arcs, .strut")) old.remove();
    card.querySelector(".text")?.normalize();
  }

  /* The boxes of every mention in `wanted`, with the number of the line each is on. */
  function measure(card, text, wanted) {
    const origin = text.getBoundingClientRect();
    const boxes = new Map(), all = [];
    for (const mark of card.querySelectorAll(".m:not(.gap)")) {
      const index = mark.dataset.i;
      if (!wanted.has(index)) continue;
      const own = boxes.get(index) || [];
      boxes.set(index, own);
      const rectangles = mark.getClientRects();
      for (let part = 0; part < rectangles.length; part++) {
        const rectangle = rectangles[part];
        if (rectangle.width < 1) continue;
        const box = {
          mark, last: part === rectangles.length - 1, left: rectangle.left - origin.left,
          right: rectangle.right - origin.left, top: rectangle.top - origin.top,
        };
        own.push(box);
        all.push(box);
      }
    }
    all.sort((a, b) => a.top - b.top);
    let line = -1, previous = -Infinity;
    for (const box of all) {
      if (box.top - previous > SAME_LINE) line++;
      previous = box.top;
      box.line = line;
    }
    return { boxes, width: origin.width };
  }

  /* The boxes of the head and the tail that are nearest to each other. */
  function nearest(heads, tails) {
    let best = null, least = Infinity;
    for (const head of heads) {
      for (const tail of tails) {
        const gap = Math.max(0, head.left - tail.right, tail.left - head.right);
        const distance = Math.abs(head.line - tail.line) * 1e5 + gap;
        if (distance < least) { least = distance; best = [head, tail]; }
      }
    }
    return best;
  }

  /* Places the ends of arcs on their mentions: side by side, in the order of the other ends. */
  function placeEnds(arcs) {
    const ends = new Map();
    for (const arc of arcs) {
      for (const [box, other, key] of [[arc.head, arc.tail, "x1"], [arc.tail, arc.head, "x2"]]) {
        if (!ends.has(box)) ends.set(box, []);
        const middle = (other.left + other.right) / 2;
        const towards = other.line === box.line ? middle : arc.side === "left" ? -1e4 : 1e4;
        ends.get(box).push({ arc, key, towards });
      }
    }
    for (const [box, list] of ends) {
      list.sort((a, b) => a.towards - b.towards);
      const step = Math.min(9, (box.right - box.left - 6) / list.length);
      const middle = (box.left + box.right) / 2;
      list.forEach((end, rank) => {
        end.arc[end.key] = middle + (rank - (list.length - 1) / 2) * step;
      });
    }
  }

  /* The horizontal parts of an arc: one if both ends are on the same line, otherwise two. */
  function segmentsOf(arc, width) {
    if (arc.head.line === arc.tail.line) {
      const [from, to] = [Math.min(arc.x1, arc.x2), Math.max(arc.x1, arc.x2)];
      return [{ arc, line: arc.head.line, from, to }];
    }
    const border = arc.side === "left" ? 0 : width;
    return [[arc.head, arc.x1], [arc.tail, arc.x2]].map(([box, x]) => (
      { arc, line: box.line, from: Math.min(border, x), to: Math.max(border, x) }
    ));
  }

  /* Gives every segment a free track. Short segments get the lowest tracks. The segment with the
     label includes the room for it. */
  function assignTracks(arcs, width) {
    const segments = [];
    for (const arc of arcs) {
      arc.segments = segmentsOf(arc, width);
      arc.labelled = arc.segments.reduce((a, b) => (b.to - b.from > a.to - a.from ? b : a));
      segments.push(...arc.segments);
    }
    for (const segment of segments) {
      const half = segment === segment.arc.labelled ? labelWidth(segment.arc.label) / 2 : 0;
      const middle = (segment.from + segment.to) / 2;
      segment.centre = Math.min(Math.max(middle, half), width - half);
      segment.low = Math.min(segment.from, segment.centre - half) - 3;
      segment.high = Math.max(segment.to, segment.centre + half) + 3;
    }
    segments.sort((a, b) => (a.high - a.low) - (b.high - b.low));
    const tracks = new Map();
    for (const segment of segments) {
      if (!tracks.has(segment.line)) tracks.set(segment.line, []);
      const onLine = tracks.get(segment.line);
      const free = (track) => track.every((o) => o.high <= segment.low || segment.high <= o.low);
      let rank = onLine.findIndex(free);
      if (rank < 0) rank = onLine.push([]) - 1;
      onLine[rank].push(segment);
      segment.track = rank;
    }
    return tracks;
  }

  /* Places the vertical parts of arcs in the margins. Short ones are nearest to the text. */
  function assignLanes(arcs, gutter) {
    const most = Math.max(1, Math.floor((gutter - 8) / LANE));
    for (const side of ["left", "right"]) {
      const lanes = [];
      const crossing = arcs.filter((arc) => arc.segments.length > 1 && arc.side === side);
      const reach = (arc) => Math.abs(arc.head.line - arc.tail.line);
      crossing.sort((a, b) => reach(a) - reach(b));
      for (const arc of crossing) {
        const low = Math.min(arc.head.line, arc.tail.line);
        const high = Math.max(arc.head.line, arc.tail.line);
        let lane = lanes.findIndex((taken) => taken.every(([a, b]) => b < low || high < a));
        if (lane < 0) lane = lanes.push([]) - 1;
        lanes[lane].push([low, high]);
        arc.lane = lane % most;
      }
    }
  }

  /* Puts the strut on the line of the box and after a character. If it stood between a space and a
     word, the line could break after the strut instead of before the mention. */
  function placeStrut(strut, box) {
    if (box.last) {
      box.mark.append(strut);
      return;
    }
    const text = document.createTreeWalker(box.mark, NodeFilter.SHOW_TEXT).nextNode();
    text.splitText(String.fromCodePoint(text.data.codePointAt(0)).length);
    text.after(strut);
  }

  /* Makes room for the tracks above each line. An empty inline box (strut) raises its line and adds
     no place where the text could break. */
  function makeRoom(arcs, tracks) {
    const done = new Set();
    for (const arc of arcs) {
      for (const box of [arc.head, arc.tail]) {
        if (done.has(box.line)) continue;
        done.add(box.line);
        const extra = tracks.get(box.line).length * TRACK;
        const strut = document.createElement("i");
        strut.className = "strut";
        const height = parseFloat(getComputedStyle(box.mark.closest(".passage")).lineHeight);
        strut.style.lineHeight = `${height + extra}px`;
        strut.style.verticalAlign = `${extra / 2 + 5}px`;
        placeStrut(strut, box);
      }
    }
  }

  function path(points) {
    let d = `M${points[0]}`;
    for (let i = 1; i < points.length - 1; i++) {
      const [before, here, after] = [points[i - 1], points[i], points[i + 1]];
      const towards = (p) => {
        const length = Math.hypot(p[0] - here[0], p[1] - here[1]) || 1;
        const r = Math.min(CORNER, length / 2) / length;
        return [here[0] + (p[0] - here[0]) * r, here[1] + (p[1] - here[1]) * r];
      };
      d += `L${towards(before)}Q${here} ${towards(after)}`;
    }
    return d + `L${points[points.length - 1]}`;
  }

  function drawArc(arc, lines, labels, tops, width, gutter) {
    const height = (segment) => tops.get(segment.line) - REACH - segment.track * TRACK;
    const [first] = arc.segments, last = arc.segments[arc.segments.length - 1];
    const points = [[arc.x1, arc.head.top - 1], [arc.x1, height(first)]];
    if (arc.segments.length > 1) {
      const inset = gutter - 8 - arc.lane * LANE;
      const lane = arc.side === "left" ? inset : width - inset;
      points.push([lane, height(first)], [lane, height(last)]);
    }
    points.push([arc.x2, height(last)], [arc.x2, arc.tail.top - 1]);
    const group = svg("g", { class: `arc ${arc.classes}` }, lines);
    group.relation = arc;
    const d = path(points);
    svg("path", { class: "hit", d }, group);
    svg("path", { class: "line", d }, group);
    svg("circle", { cx: arc.x1, cy: arc.head.top - 1, r: 2.2 }, group);
    if (arc.directed) {
      const y = arc.tail.top + 1;
      svg("path", { class: "tip", d: `M${arc.x2} ${y}l-3.6 -6.5h7.2z` }, group);
    } else {
      svg("circle", { cx: arc.x2, cy: arc.tail.top - 1, r: 2.2 }, group);
    }
    const named = svg("g", { class: `arc ${arc.classes}` }, labels);
    named.relation = arc;
    const room = labelWidth(arc.label) - 4, x = arc.labelled.centre, y = height(arc.labelled);
    svg("rect", { x: x - room / 2, y: y - 6, width: room, height: 12 }, named);
    svg("text", { x, y: y + 3.5 }, named).textContent = arc.label;
  }

  function draw(card, arcs) {
    clear(card);
    const text = card.querySelector(".text");
    if (!text || !arcs.length) return;
    const wanted = new Set(arcs.flatMap((arc) => [arc.h, arc.t]));
    const before = measure(card, text, wanted);
    const width = before.width;
    arcs = arcs.filter((arc) => before.boxes.get(arc.h)?.length && before.boxes.get(arc.t)?.length);
    for (const arc of arcs) {
      [arc.head, arc.tail] = nearest(before.boxes.get(arc.h), before.boxes.get(arc.t));
      const sum = arc.head.left + arc.head.right + arc.tail.left + arc.tail.right;
      arc.side = sum / 2 <= width ? "left" : "right";
    }
    placeEnds(arcs);
    const tracks = assignTracks(arcs, width);
    const gutter = parseFloat(getComputedStyle(text).paddingLeft);
    assignLanes(arcs, gutter);
    makeRoom(arcs, tracks);
    // Only heights have changed, so these are the same boxes in the same order.
    const after = measure(card, text, wanted);
    const tops = new Map();
    for (const [index, own] of before.boxes) {
      own.forEach((box, part) => {
        box.top = after.boxes.get(index)[part].top;
        tops.set(box.line, Math.min(box.top, tops.get(box.line) ?? Infinity));
      });
    }
    const layer = svg("svg", { class: "arcs", "aria-hidden": "true" });
    // All labels are drawn above all lines.
    const lines = svg("g", {}, layer), labels = svg("g", {}, layer);
    for (const arc of arcs) drawArc(arc, lines, labels, tops, width, gutter);
    text.append(layer);
  }

  return { clear, draw };
})();
