// Asks, shows, and asks again: every two seconds while somebody looks, later each time while nobody answers.
import { ask, forgetAnswers, Refused, token } from "./api.js";
import { door } from "./door.js";
import { el, show } from "./dom.js";
import { fleet } from "./fleet.js";
import { sheet } from "./sheet.js";

const EVERY = 2000;
const AT_MOST = 30000;
const place = document.getElementById("main");
const banner = document.getElementById("banner");
const leave = document.getElementById("leave");
const readiness = new Map();
let asking = new AbortController();
let timer = 0;
let failures = 0;
let lastAnswer = null;
let shownRoute = null;

function route() {
  const [namespace, name] = location.hash.replace(/^#\/?/, "").split("/").map((part) => {
    try {
      return decodeURIComponent(part);
    } catch {
      return part;
    }
  });
  if (namespace && name) {
    return { name: `${name} in ${namespace}`, heading: name, sub: namespace, draw: sheet,
      path: `api/deployments/${encodeURIComponent(namespace)}/${encodeURIComponent(name)}` };
  }
  const only = new URLSearchParams(location.search).get("namespace");
  return { name: "deployments", heading: "Deployments", sub: only, draw: fleet,
    path: `api/deployments${only ? `?namespace=${encodeURIComponent(only)}` : ""}` };
}

function heading(at) {
  return el("h1", { id: "title", tabindex: "-1" }, el("span", { class: "name" }, at.heading),
    at.sub ? el("span", { class: "namespace" }, ` ${at.sub}`) : null);
}

function warn(words) {
  if (banner.textContent !== words) {
    banner.textContent = words;
  }
  banner.hidden = words === "";
}

/** What became ready, or no longer is, is said aloud. */
function tell(cards) {
  const news = [];
  for (const card of cards) {
    const key = `${card.namespace}/${card.name}`;
    const before = readiness.get(key);
    if (before !== undefined && before !== card.ready) {
      news.push(`${card.name}: ${card.ready === "True" ? "ready" : "not ready"}, ${card.reason}`);
    }
    readiness.set(key, card.ready);
  }
  if (news.length) {
    document.getElementById("news").textContent = news.slice(0, 3).join("; ");
  }
}

function shown(at) {
  if (shownRoute !== at.path) {
    const first = shownRoute === null;
    shownRoute = at.path;
    document.title = at.draw === fleet ? "Plimsoll" : `${at.name} – Plimsoll`;
    if (!first) {
      scrollTo(0, 0);
      document.getElementById("title")?.focus({ preventScroll: true });
    }
  }
}

function answered(at, { value, changed }) {
  failures = 0;
  lastAnswer = new Date();
  leave.hidden = token.get() === null;
  document.getElementById("visitor").textContent = `You are ${value.user}`;
  warn(value.asOf ? `No operator works: what is shown was true at ${new Date(value.asOf).toLocaleString()}.` : "");
  tell(value.cards ?? [value.sheet.card]);
  if (changed || shownRoute !== at.path) {
    at.draw(place, value, heading(at));
  }
  shown(at);
}

function failed(at, error) {
  if (error instanceof Refused && error.status === 401) {
    warn("");
    leave.hidden = true;
    document.getElementById("visitor").textContent = "";
    if (!document.getElementById("token") || token.get() !== null) {
      show(place, () => [door(error.message, restart)]);
      document.getElementById("token").focus();
    }
    token.forget();
    shownRoute = "";
    return false;
  }
  if (error instanceof Refused && error.status === 404) {
    warn("");
    show(place, () => [heading(at), el("p", {}, error.message),
      el("p", {}, el("a", { href: "#/", id: "back" }, "← All deployments"))]);
    shown(at);
    return true;
  }
  failures += 1;
  const words = error instanceof Refused ? error.message : "The operator does not answer: is the port still forwarded?";
  warn(lastAnswer ? `${words} What is shown was so at ${lastAnswer.toLocaleTimeString()}.` : words);
  return true;
}

async function look() {
  clearTimeout(timer);
  asking.abort();
  const mine = new AbortController();
  asking = mine;
  const limit = setTimeout(() => mine.abort(new Error("late")), 10000);
  const at = route();
  let again = true;
  try {
    const answer = await ask(at.path, mine.signal);
    if (asking === mine) {
      answered(at, answer);
    }
  } catch (error) {
    if (asking === mine) {
      again = failed(at, error);
    }
  }
  clearTimeout(limit);
  if (asking === mine && again && !document.hidden) {
    timer = setTimeout(look, Math.min(AT_MOST, EVERY * 2 ** Math.min(failures, 4)));
  }
}

function restart() {
  forgetAnswers();
  failures = 0;
  look();
}

leave.addEventListener("click", () => {
  token.forget();
  readiness.clear();
  lastAnswer = null;
  restart();
});
document.querySelector(".skip").addEventListener("click", (event) => {
  event.preventDefault();
  place.focus();
});
addEventListener("hashchange", look);
addEventListener("online", look);
document.addEventListener("visibilitychange", () => document.hidden || look());
look();
