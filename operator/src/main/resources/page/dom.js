// Elements from names, attributes and children. Text is always a text node: nothing that a status says becomes markup.
const SVG = "http://www.w3.org/2000/svg";

export function el(name, attributes = {}, ...children) {
  return filled(document.createElement(name), attributes, children);
}

export function svg(name, attributes = {}, ...children) {
  return filled(document.createElementNS(SVG, name), attributes, children);
}

function filled(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") {
      element.addEventListener(name, value);
    } else if (value !== null && value !== undefined && value !== false) {
      element.setAttribute(name, value === true ? "" : value);
    }
  }
  for (const child of children.flat()) {
    if (child !== null && child !== undefined) {
      element.append(child);
    }
  }
  return element;
}

/** Text in which `code` between backticks is set as code. */
export function prose(text) {
  return text.split("`").map((part, i) => (i % 2 ? el("code", {}, part) : part));
}

/** Replaces what an element holds by what is made then; what had the focus, or was open or shut, is so again. */
export function show(place, make) {
  const focused = place.contains(document.activeElement) ? document.activeElement.id : "";
  const toggled = new Map([...place.querySelectorAll("details[id]")].map((one) => [one.id, one.open]));
  place.replaceChildren(...make().filter(Boolean));
  for (const details of place.querySelectorAll("details[id]")) {
    details.open = toggled.get(details.id) ?? details.open;
  }
  if (focused) {
    document.getElementById(focused)?.focus({ preventScroll: true });
  }
}
