// The mixer without its picture. Python's half is convnotes/exhibits/interactive/mixer.py.
import { decimal, shade } from "./signed.js";
import { clamp, read } from "./state.js";

export const GRAMMAR =
  "(-?[0-9]{1,3}(?:\\.-?[0-9]{1,3}){5})(?:_b(-?[0-9]{1,3})\\.(-?[0-9]{1,3}))?(?:_x([0-9]{1,2}))?(?:_y([0-9]{1,2}))?(_r)?(_n)?";
export const SIDE = 8, BRIGHTEST = 255;

/** { value, words } for a text, or null; weights are in hundredths, `data.start` is the pixel looked at first. */
export function parse(text, { start }) {
  const found = read(GRAMMAR, text);
  if (!found) return null;
  const words = [], weights = found[1].split(".").map((number) => clamp("weight", +number, -100, 100, words));
  const bias = [2, 3].map((n) => clamp("bias", +(found[n] ?? 0), -255, 255, words));
  const [x, y] = ["x", "y"].map((name, n) => (found[4 + n] ? clamp(name, +found[4 + n], 0, SIDE - 1, words) : start[n]));
  return { value: { weights: [weights.slice(0, 3), weights.slice(3)], bias, x, y, relu: !!found[6], others: !!found[7] }, words };
}

/** The shortest text that parses to a value. */
export function format({ weights, bias, x, y, relu, others }, { start }) {
  const at = (name, place, usual) => (place === usual ? "" : `_${name}${place}`);
  const added = bias.some(Boolean) ? `_b${bias.join(".")}` : "";
  return weights.flat().join(".") + added + at("x", x, start[0]) + at("y", y, start[1]) + (relu ? "_r" : "") + (others ? "_n" : "");
}

/** The pixels, row by row, all but the one that is looked at inverted if the state says so. */
export const pixels = ({ x, y, others }, { picture }) =>
  others ? picture.map((pixel, at) => (at === y * SIDE + x ? pixel : pixel.map((value) => BRIGHTEST - value))) : picture;

const dot = (weights, pixel) => weights.reduce((sum, weight, channel) => sum + weight * pixel[channel], 0);

/** The two outputs of each pixel, in hundredths. */
export const mixed = ({ weights, bias, relu }, seen) =>
  weights.map((row, out) => seen.map((pixel) => Math.max(relu ? 0 : -Infinity, dot(row, pixel) + 100 * bias[out])));

/** For each output the product of its weights with the pixel, written out. */
export function written({ weights, bias, x, y, relu }, seen) {
  const pixel = seen[y * SIDE + x];
  return weights.map((row, out) => {
    const terms = row.map((weight, channel) => `${decimal(weight, 100)}·${pixel[channel]}`), total = dot(row, pixel) + 100 * bias[out];
    if (bias[out]) terms.push(decimal(bias[out]));
    const after = relu ? `, and after the ReLU ${decimal(Math.max(0, total), 100)}` : "";
    return `${terms.join(" + ").replaceAll("+ −", "− ")} = ${decimal(total, 100)}${after}`;
  });
}

/** The shades of a map of outputs. */
export const shades = (map) => map.map((value) => shade(value, 100 * BRIGHTEST));

/** At how many places two pairs of outputs differ. */
export const touched = (a, b) => a[0].filter((value, at) => value !== b[0][at] || a[1][at] !== b[1][at]).length;
