// Which layer lives where: a strip with a cell for each layer, and the same in a table.
import { el, svg } from "./dom.js";

function strip(places, layers) {
  const cells = [];
  places.forEach((place, i) => {
    for (const { from, to } of place.layers) {
      const end = Math.min(to, layers - 1);
      for (let layer = from; layer <= end; layer++) {
        cells.push(svg("rect", { class: `cell place-${i % 6}`, x: layer + 0.04, y: 0, width: 0.92, height: 1 }));
      }
    }
  });
  return svg("svg", {
    class: "strip", viewBox: `0 0 ${layers} 1`, preserveAspectRatio: "none", "aria-hidden": "true", focusable: "false",
  }, cells);
}

function words(place) {
  const ranges = place.layers.map(({ from, to }) => (from === to ? `${from}` : `${from}–${to}`));
  return ranges.length ? ranges.join(", ") : "–";
}

export function layersByPlace(places, layers, of) {
  if (!places.length) {
    return null;
  }
  return el("section", { class: "places" },
    el("h4", {}, "What lives where"),
    layers ? strip(places, layers) : null,
    el("table", {},
      el("caption", { class: "unseen" }, `Layers and modules by place of ${of}`),
      el("thead", {}, el("tr", {}, ["place", layers ? `layers of ${layers}` : "layers", "modules"]
        .map((name) => el("th", { scope: "col" }, name)))),
      el("tbody", {}, places.map((place, i) => el("tr", {},
        el("th", { scope: "row" }, el("span", { class: `swatch place-${i % 6}`, "aria-hidden": "true" }), place.device),
        el("td", {}, words(place)),
        el("td", { class: "modules" }, place.modules.join(", ") || "–"))))));
}
