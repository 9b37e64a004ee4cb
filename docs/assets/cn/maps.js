// Maps of small squares: drawn, read back, and a grip on them for hands and arrow keys.
import { each, h, s, set } from "./dom.js";
import { SHADES } from "./signed.js";

const LETTERS = "hgfedcba.ABCDEFGH";

/** A picture under its name; what is drawn goes into `group`. With a `label` it takes the focus, and arrow keys call `move(right, down)`. */
export function map(name, label, move) {
  const group = s("g"), svg = s("svg", { class: "cn-map", "aria-hidden": "true", "shape-rendering": "crispEdges" }, group);
  if (label) {
    set(svg, { class: "cn-map cn-move", "aria-hidden": null, tabindex: 0, role: "application", "aria-label": label });
    svg.addEventListener("keydown", (event) => {
      const step = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
      if (!step) return;
      event.preventDefault();
      move(...step);
    });
  }
  return { group, svg, el: h("figure", {}, svg, h("figcaption", {}, name)) };
}

/** Draws a map of shades, `width` to a row, in unit squares: one path for each shade, violet below zero and amber above. */
export function paint(group, shades, width) {
  const runs = new Map();
  for (let at = 0; at < shades.length; ) {
    const first = at, now = shades[at], end = first - (first % width) + width;
    while (at < end && shades[at] === now) at++;
    if (now) runs.set(now, `${runs.get(now) ?? ""}M${first % width} ${Math.floor(first / width)}h${at - first}v1h${first - at}z`);
  }
  each(group, [...runs], () => s("path"), (path, [now, d]) =>
    set(path, { class: now < 0 ? "cn-neg" : "cn-pos", "fill-opacity": Math.abs(now) / SHADES, d }));
}

/** The shades that are drawn in a group of `width` by `width` squares, a letter each: small ones below zero. */
export function painted(group, width) {
  const shades = new Array(width * width).fill(".");
  for (const path of group.children) {
    const letter = LETTERS[path.getAttribute("fill-opacity") * SHADES * (path.matches(".cn-neg") ? -1 : 1) + SHADES];
    for (const [, x, y, n] of path.getAttribute("d").matchAll(/M(\d+) (\d+)h(\d+)/g))
      shades.fill(letter, +y * width + +x, +y * width + +x + +n);
  }
  return shades.join("");
}
