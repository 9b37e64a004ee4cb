// Signed values as text and as shades, by integer arithmetic alone. Python's half is convnotes/exhibits/interactive/signed.py.
import { each, s, set } from "./dom.js";

export const SHADES = 8; // of each sign, beside the neutral grey of zero

/** The quotient to `places` decimals, halves away from zero, without zeros at the end, with a real minus sign. */
export function decimal(numerator, denominator = 1, places = 2) {
  const scale = 10 ** places, parts = Math.floor((2 * Math.abs(numerator) * scale + denominator) / (2 * denominator));
  const rest = parts % scale, digits = rest ? `.${String(rest).padStart(places, "0").replace(/0+$/, "")}` : "";
  return `${numerator < 0 && parts ? "−" : ""}${Math.floor(parts / scale)}${digits}`;
}

/** The quotient in at most three digits where it has a fraction: what fits a cell. */
export function short(numerator, denominator = 1) {
  const size = Math.floor(Math.abs(numerator) / denominator);
  return decimal(numerator, denominator, size < 10 ? 2 : size < 100 ? 1 : 0);
}

/** Whether `decimal` leaves nothing away. */
export const exact = (numerator, denominator, places = 2) => (numerator * 10 ** places) % denominator === 0;

/** The shade of `value`, from −SHADES to SHADES, where `most` has the last; halves away from zero. */
export function shade(value, most) {
  const size = most ? Math.min(SHADES, Math.floor((2 * SHADES * Math.abs(value) + most) / (2 * most))) : 0;
  return value < 0 ? -size || 0 : size;
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

/** The shades that are drawn in a group, `count` of them. */
export function painted(group, count, width) {
  const shades = new Array(count).fill(0);
  for (const path of group.children)
    for (const [, x, y, n] of path.getAttribute("d").matchAll(/M(\d+) (\d+)h(\d+)/g))
      shades.fill(+path.getAttribute("fill-opacity") * SHADES * (path.matches(".cn-neg") ? -1 : 1), +y * width + +x, +y * width + +x + +n);
  return shades;
}
