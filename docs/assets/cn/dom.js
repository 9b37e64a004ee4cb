// Making and changing elements, and nothing else. A value is written only when it differs: the DOM is what is slow.
const SVG = "http://www.w3.org/2000/svg";

/** An SVG element, its attributes, its children. */
export const s = (tag, attrs, ...kids) => fill(document.createElementNS(SVG, tag), attrs, kids);
/** An HTML element, its attributes, its children. */
export const h = (tag, attrs, ...kids) => fill(document.createElement(tag), attrs, kids);

function fill(el, attrs, kids) {
  set(el, attrs ?? {}).append(...kids);
  return el;
}

/** Attributes; `false` and `null` remove one. */
export function set(el, attrs) {
  for (const [name, value] of Object.entries(attrs)) {
    const text = value === true ? "" : String(value ?? "");
    if (name === "style") (el.css ?? "") !== text && (el.style.cssText = el.css = text); // as an attribute, a server may forbid it
    else if (value === false || value == null) el.removeAttribute(name);
    else if (el.getAttribute(name) !== text) el.setAttribute(name, text);
  }
  return el;
}

/** Text. A node that stays costs less than another in its place, after which every `:has()` above is asked again. */
export const write = (el, text) => {
  const { firstChild } = el, words = String(text);
  if (el.textContent === words) return;
  if (words && firstChild?.nodeType === Node.TEXT_NODE && !firstChild.nextSibling) firstChild.data = words;
  else el.textContent = words;
};

/** One child of `parent` for each item: `make()` adds those that lack, `show(child, item, index)` fills each. */
export function each(parent, items, make, show) {
  while (parent.children.length > items.length) parent.lastChild.remove();
  items.forEach((item, index) => show(parent.children[index] ?? parent.appendChild(make()), item, index));
}

/** A table in a box that scrolls by itself; `show(rows)` fills it. A head that starts with "#" heads numbers. */
export function table(label, head) {
  const numeric = head.map((name) => (name[0] === "#" ? "cn-num" : null));
  const body = h("tbody");
  const names = head.map((name, i) => h("th", { scope: "col", class: numeric[i] }, name.replace("#", "")));
  const row = () => h("tr", {}, ...head.map((_, i) => h(i ? "td" : "th", { scope: i ? null : "row", class: numeric[i] })));
  const el = h("div", { class: "cn-scroll", tabindex: 0, role: "group", "aria-label": label },
    h("table", { class: ["cn-table", ...[4, 6, 7, 8].filter((n) => head.length >= n).map((n) => `cn-from-${n}`)].join(" ") }, h("thead", {}, h("tr", {}, ...names)), body));
  const show = (rows) => each(body, rows, row, (tr, cells) => cells.forEach((text, i) => write(tr.children[i], text)));
  return { el, body, show };
}

/** A coordinate to a hundredth, so that no path grows long. */
export const r2 = (value) => Math.round(value * 100) / 100;

/** A button. */
export function button(name, act, kind = "cn-chip") {
  const el = h("button", { type: "button", class: kind }, name);
  el.addEventListener("click", act);
  return el;
}
