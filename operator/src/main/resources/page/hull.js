// A device as a ship in profile: its waterline is what is measured, its load line the budget. Words beside it say the same.
import { el, svg } from "./dom.js";

const KEEL = 132;
const DECK = 46;
const HULL = "M16 40 Q150 54 300 30 C297 66 284 102 262 124 Q255 132 242 132 L50 132 Q36 132 31 120 Z";
const GAP = 17;
let count = 0;

/** Bytes of a hull to heights: the deck is a little above the highest of them. */
function scale(hull) {
  const most = Math.max(1, ...[hull.budget, hull.planned, hull.measured, hull.peak].map((one) => one?.bytes ?? 0));
  return (bytes) => KEEL - ((KEEL - DECK) * Math.max(0, bytes)) / (most * 1.15);
}

function strata(hull, height) {
  const drawn = [];
  let from = 0;
  const whole = hull.measured?.bytes ?? 0;
  for (const part of hull.parts) {
    const to = Math.min(whole, from + Math.max(0, part.measured?.bytes ?? 0));
    if (to > from) {
      const top = height(to);
      const thick = height(from) - top;
      drawn.push(svg("rect", { class: `stratum ${part.kind}`, x: 0, y: top, width: 320, height: thick }));
      if (thick > 15) {
        drawn.push(svg("text", { class: `inside ${part.kind}`, x: 52, y: top + thick / 2 + 4 }, part.label));
      }
      from = to;
    }
  }
  return drawn;
}

/** Lines to the right of the ship, each with its word, so far apart that they can be read. */
function labels(hull, height) {
  const lines = [
    ["budget", "budget", hull.budget],
    ["planned", "plan", hull.planned],
    ["peak", "peak", hull.peak],
    ["measured", "measured", hull.measured],
  ].filter(([, , amount]) => amount).map(([kind, word, amount]) => ({ kind, word, amount, y: height(amount.bytes) }));
  lines.sort((a, b) => a.y - b.y);
  lines.forEach((line, i) => { line.at = Math.max(line.y, 16, i ? lines[i - 1].at + GAP : 0); });
  for (let i = lines.length - 1; i >= 0; i--) {
    lines[i].at = Math.min(lines[i].at, (i === lines.length - 1 ? KEEL + 12 : lines[i + 1].at - GAP));
  }
  return lines.map((line) => svg("g", { class: `mark ${line.kind}` },
    svg("path", { class: "leader", d: `M303 ${line.y} L316 ${line.at} H322` }),
    svg("text", { x: 326, y: line.at + 5 }, `${line.word} ${line.amount.text}`)));
}

/** The load line as Samuel Plimsoll had it painted: a disc with a line through it. */
function loadLine(y) {
  return svg("g", { class: "plimsoll" },
    svg("circle", { class: "halo", cx: 176, cy: y, r: 11 }), svg("path", { class: "halo", d: `M152 ${y} h48` }),
    svg("circle", { cx: 176, cy: y, r: 11 }), svg("path", { d: `M152 ${y} h48` }));
}

function ship(hull) {
  const height = scale(hull);
  const clip = `hull-${++count}`;
  const water = hull.measured ? height(hull.measured.bytes) : null;
  return svg("svg", { viewBox: "0 0 440 152", class: "ship", "aria-hidden": "true", focusable: "false" },
    svg("defs", {}, svg("clipPath", { id: clip }, svg("path", { d: HULL }))),
    water === null ? null : svg("rect", { class: "sea", x: 0, y: water, width: 322, height: 152 - water }),
    svg("path", { class: "house", d: "M44 42 V24 H96 V46 M56 24 V8 H72 V24 M250 37 V10 M250 14 L210 42" }),
    svg("path", { class: "plating", d: HULL }),
    svg("g", { "clip-path": `url(#${clip})` }, strata(hull, height),
      hull.planned ? svg("path", { class: "planline", d: `M0 ${height(hull.planned.bytes)} H320` }) : null,
      hull.peak ? svg("path", { class: "peakline", d: `M0 ${height(hull.peak.bytes)} H320` }) : null),
    svg("path", { class: "rim", d: HULL }),
    water === null ? null : svg("path", { class: "waterline", d: `M0 ${water} H322` }),
    hull.budget ? loadLine(height(hull.budget.bytes)) : null,
    labels(hull, height));
}

function table(hull, caption) {
  const cell = (amount) => el("td", {}, amount?.text ?? "–");
  const planned = hull.planned || hull.parts.some((part) => part.planned);
  const row = (kind, label, part) => el("tr", { class: kind === "" ? "total" : null },
    el("th", { scope: "row" }, kind ? el("span", { class: `swatch ${kind}`, "aria-hidden": "true" }) : null, label),
    planned ? cell(part.planned) : null, cell(part.measured));
  return el("table", {},
    el("caption", { class: "unseen" }, caption),
    el("thead", {}, el("tr", {}, el("th", { scope: "col" }, "bytes"),
      planned ? el("th", { scope: "col" }, "planned") : null, el("th", { scope: "col" }, "measured"))),
    el("tbody", {},
      hull.parts.map((part) => row(part.kind, part.label, part)),
      row("", "all", hull),
      hull.peak ? row("", "most so far", { measured: hull.peak }) : null));
}

/** The ship alone, with its words, for a list. */
export function small(hull) {
  return el("figure", { class: `hull ${hull.level}` },
    el("figcaption", {}, el("b", {}, hull.device), " ", hull.words), ship(hull));
}

/** The ship with everything that is known of it. */
export function whole(hull, of) {
  const about = [hull.product, hull.kind, hull.source && `measured by ${hull.source}`].filter(Boolean).join(", ");
  return el("section", { class: `hull ${hull.level}` },
    el("div", { class: "told" },
      el("h4", {}, hull.device, about ? el("small", {}, ` ${about}`) : null),
      el("p", { class: "words" }, hull.words),
      hull.parts.length || hull.measured ? table(hull, `Bytes on ${hull.device} of ${of}`) : null),
    ship(hull));
}
