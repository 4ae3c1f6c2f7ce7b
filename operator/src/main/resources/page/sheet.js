// One deployment: what is wrong and what would fix it, then its ships, then its conditions.
import { el, prose, show } from "./dom.js";
import { badge, progress } from "./fleet.js";
import { whole } from "./hull.js";
import { layersByPlace } from "./layers.js";

function time(text) {
  const date = text ? new Date(text) : null;
  return date && !Number.isNaN(date.getTime()) ? el("time", { datetime: text }, date.toLocaleString()) : null;
}

function pairs(...rows) {
  return el("dl", {}, rows.filter(([, value]) => value !== undefined && value !== null && value !== "")
    .map(([name, value]) => el("div", {}, el("dt", {}, name), el("dd", {}, value))));
}

function trouble(one) {
  return el("section", { class: "trouble" },
    el("h3", {}, `${one.type}: ${one.reason}`),
    el("p", { class: "message" }, one.message),
    one.fixes.length ? el("div", { class: "fixes" }, el("h4", {}, "Each of these would fit"),
      el("ul", {}, one.fixes.map((fix) => el("li", {}, el("code", {}, fix))))) : null,
    one.help ? el("p", { class: "help" }, prose(one.help)) : null);
}

function load(replica) {
  const how = replica.load;
  if (!how) {
    return null;
  }
  return how.percent === undefined
    ? el("p", {}, `Loaded in ${how.seconds ?? "?"} s`, how.rate ? `, ${how.rate}` : "",
      how.startToReady ? `; ${how.startToReady} from start to ready.` : ".")
    : progress(how.percent, replica.name);
}

function replica(one, layers, open) {
  return el("details", { class: "replica", id: `replica-${one.name}`, open },
    el("summary", {}, el("h3", {}, one.name), el("span", {}, ` ${one.phase}${one.node ? ` on ${one.node}` : ""}`
      + `${one.current ? "" : ", of an older spec"}${one.restarts ? `, restarted ${one.restarts} times` : ""}`)),
    one.failure ? el("p", { class: "message" }, `${one.failure.reason}: ${one.failure.message}`) : null,
    load(one),
    one.hulls.map((hull) => whole(hull, one.name)),
    layersByPlace(one.places, layers, one.name));
}

function conditions(list) {
  return el("section", {}, el("h2", {}, "Conditions"), el("div", { class: "wide", tabindex: "0", role: "region", "aria-label": "Conditions" },
    el("table", { class: "conditions" }, el("caption", { class: "unseen" }, "Conditions"),
      el("thead", {}, el("tr", {}, ["type", "status", "reason", "message", "since"].map((name) => el("th", { scope: "col" }, name)))),
      el("tbody", {}, list.map((one) => el("tr", {}, el("th", { scope: "row" }, one.type), el("td", {}, one.status),
        el("td", {}, one.reason), el("td", {}, one.message), el("td", {}, time(one.lastTransitionTime))))))));
}

function facts(sheet) {
  const { card, model, rollout } = sheet;
  return pairs(
    ["replicas", card.summary?.replicas], ["placement", card.summary?.placement], ["policy", sheet.policy],
    ["dtype", card.summary?.dtype], ["model", sheet.uri],
    ["architecture", model && `${model.architecture}, ${model.layers} layers, ${model.parameters.toLocaleString()} parameters`],
    ["address", sheet.url], ["rollout", rollout && `${rollout.phase}: ${rollout.message}`],
    ["generation", sheet.generation === sheet.observedGeneration ? `${sheet.generation}`
      : `${sheet.generation}; what is said here is of ${sheet.observedGeneration ?? "none"}`]);
}

/** @param place what holds it */
export function sheet(place, seen, title) {
  const shown = seen.sheet;
  const layers = shown.model?.layers ?? 0;
  const failed = shown.failedPods;
  const replicas = shown.replicas;
  show(place, () => [
    el("nav", { "aria-label": "Where you are" }, el("a", { href: "#/", id: "back" }, "← All deployments")),
    title, badge(shown.card),
    shown.troubles.length ? el("section", { class: "troubles" },
      el("h2", {}, shown.card.ready === "True" ? "Not known" : "What is wrong, and what to do"), shown.troubles.map(trouble))
      : el("p", { class: "message" }, shown.card.message),
    facts(shown),
    shown.planned.length ? el("section", {}, el("h2", {}, "What is asked for and planned"),
      el("h3", { class: "unseen" }, "Each replica"), shown.planned.map((hull) => whole(hull, "each replica"))) : null,
    replicas.length ? el("section", {}, el("h2", {}, `Replicas (${replicas.length + shown.hiddenReplicas})`),
      replicas.map((one, i) => replica(one, layers, i < 2)),
      shown.hiddenReplicas ? el("p", {}, `${shown.hiddenReplicas} more are not told of.`) : null) : null,
    failed.length ? el("section", {}, el("h2", {}, "Pods that failed for good"), el("ul", {}, failed.map((pod) =>
      el("li", {}, `${pod.name}: ${pod.reason}${pod.message ? `: ${pod.message}` : ""}`)))) : null,
    conditions(shown.conditions),
  ]);
}
