// The list: what needs attention first.
import { el, show } from "./dom.js";
import { small } from "./hull.js";

const drawn = new Map();

export function address(card) {
  return `#/${encodeURIComponent(card.namespace)}/${encodeURIComponent(card.name)}`;
}

export function badge(card) {
  const [sign, word, look] = card.stalled ? ["✕", "Not ready", "bad"]
    : { True: ["✓", "Ready", "good"], False: ["…", "Not ready", "doubt"] }[card.ready] ?? ["?", "Unknown", "doubt"];
  return el("p", { class: `badge ${look}` },
    el("span", { "aria-hidden": "true" }, sign), ` ${word} `, el("span", { class: "reason" }, card.reason),
    card.stalled ? el("span", { class: "stalled" }, "waits for a change") : null);
}

export function progress(percent, of) {
  return percent === undefined ? null : el("div", { class: "progress" },
    el("progress", { max: 100, value: percent, "aria-label": `Loading of ${of}` }),
    el("span", { "aria-hidden": "true" }, `${percent} % loaded`));
}

function facts(summary) {
  const shown = [["replicas", summary.replicas], ["placement", summary.placement], ["GPU", summary.gpuMemory],
    ["host", summary.hostMemory], ["dtype", summary.dtype]].filter(([, value]) => value && value !== "-");
  return el("dl", {}, shown.map(([name, value]) => el("div", {}, el("dt", {}, name), el("dd", {}, value))));
}

function entry(card) {
  const key = `${card.namespace}/${card.name}`;
  const content = JSON.stringify(card);
  if (drawn.get(key)?.content !== content) {
    drawn.set(key, { content, element: el("li", { class: "card" },
      el("h3", {}, el("a", { href: address(card), id: `to-${key}` },
        el("span", { class: "name" }, card.name), " ", el("span", { class: "namespace" }, card.namespace))),
      badge(card),
      card.ready === "True" ? null : el("p", { class: "message" }, card.message),
      progress(card.percent, card.name),
      card.summary ? facts(card.summary) : null,
      card.hull ? small(card.hull) : null) });
  }
  return drawn.get(key).element;
}

function section(title, cards) {
  return cards.length
    ? el("section", {}, el("h2", {}, `${title} (${cards.length})`), el("ul", { class: "cards" }, cards.map(entry)))
    : null;
}

function nothing(seen) {
  return seen.everything
    ? el("section", { class: "empty" }, el("h2", {}, "No ModelDeployment yet"),
      el("p", {}, "There is none here. The first one is a few lines of YAML:"), el("pre", { tabindex: "0" },
        el("code", {}, "kubectl explain mdep.spec\nkubectl apply -n NAMESPACE -f FILE\nkubectl get mdep -n NAMESPACE --watch")))
    : el("section", { class: "empty" }, el("h2", {}, "Nothing that you may see"),
      el("p", {}, `In no namespace may ${seen.user} list ModelDeployments, or there are none where you may:`),
      el("pre", { tabindex: "0" }, el("code", {}, "kubectl auth can-i list modeldeployments.plimsoll.dev -n NAMESPACE")));
}

let shown = { cards: [] };
const results = el("div", { id: "results" });
const field = el("input", { id: "search", type: "search", autocomplete: "off", input: list });

function list() {
  const text = field.value.toLowerCase();
  const found = shown.cards.filter((card) => `${card.namespace}/${card.name} ${card.reason}`.toLowerCase().includes(text));
  const unready = found.filter((card) => card.ready !== "True").sort((a, b) => Number(b.stalled) - Number(a.stalled));
  const all = shown.cards.length;
  show(results, () => [
    el("p", { id: "count" }, `${found.length === all ? all : `${found.length} of ${all}`} `
      + `${all === 1 ? "deployment" : "deployments"}, ${unready.length} not ready`),
    section("Not ready", unready),
    section("Ready", found.filter((card) => card.ready === "True"))]);
}

/** @param place what holds the list; its search field stays as it is while the list below changes */
export function fleet(place, seen, title) {
  shown = seen;
  for (const key of drawn.keys()) {
    if (!seen.cards.some((card) => `${card.namespace}/${card.name}` === key)) {
      drawn.delete(key);
    }
  }
  if (!seen.cards.length) {
    show(place, () => [title, nothing(seen)]);
    return;
  }
  list();
  if (!results.isConnected) {
    show(place, () => [title,
      el("div", { class: "search" }, el("label", { for: "search" }, "Name, namespace or reason"), field), results]);
  }
}
