"use strict";
// Elements from names, attributes and texts. A text is always a text node: nothing that a model or a user wrote is
// ever read as markup here.

const VOID = [null, undefined, false, ""];

function el(name, attributes = {}, ...children) {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (key.startsWith("on")) node.addEventListener(key.slice(2), value);
    else node.setAttribute(key, value === true ? "" : String(value));
  }
  add(node, children);
  return node;
}

function add(node, children) {
  for (const child of children.flat(Infinity)) {
    if (VOID.includes(child)) continue;
    node.append(child instanceof Node ? child : document.createTextNode(String(child)));
  }
}

function fill(node, ...children) {
  node.replaceChildren();
  add(node, children);
}

const number = (value, digits = 4) =>
  value === null || value === undefined ? "–" : String(Number(Number(value).toPrecision(digits))).replace("-", "−");

const signed = (value, digits = 3) => (value > 0 ? "+" : "") + number(value, digits);

const many = (count, noun) => `${Number(count).toLocaleString("en")} ${noun}${count === 1 ? "" : "s"}`;

// A link only where it is an address of the web; the page it leads to learns nothing of this one.
function link(href, text) {
  if (!/^https?:\/\//i.test(href)) return el("span", {}, text);
  return el("a", { href, rel: "noopener noreferrer nofollow", target: "_blank" }, text);
}

const OUTCOMES = {
  wrong: ["✘", "wrong"],
  unjudged: ["?", "unjudged"],
  tie: ["=", "tie"],
  part: ["◐", "partly right"],
  right: ["✔", "right"],
  picked: ["●", "picked"],
  waiting: ["…", "waiting"],
};

function outcome(name) {
  const [mark, word] = OUTCOMES[name] || ["", name];
  return el("span", { class: `outcome ${name}` }, el("span", { "aria-hidden": "true" }, `${mark} `), word);
}
