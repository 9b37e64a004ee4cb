// The cost explorer without its picture. Python's half is convnotes/exhibits/interactive/params.py.
import { clamp, read } from "./state.js";

export const GRAMMAR = "c([0-9]{1,5})(?:_k([0-9]{1,3}))?(?:_n([0-9]{1,4}))?(?:_r([0-9]{1,3}))?(?:_g([0-9]{1,5}))?(_b)?";

/** { value, words } for a text, or null. */
export function parse(text) {
  const found = read(GRAMMAR, text);
  if (!found) return null;
  const words = [], [, channels, kernel = 3, side = 56, reduction = 4, groups, bias] = found;
  const c = power("channels", clamp("channels", +channels, 16, 1024, words), words);
  let k = clamp("kernel", +kernel, 3, 11, words);
  if (k % 2 === 0) words.push(`kernel ${k} is even: showing ${++k}.`);
  const n = clamp("side", +side, 1, 224, words);
  const r = power("reduction", clamp("reduction", +reduction, 1, 16, words), words);
  const g = power("groups", clamp("groups", +(groups ?? Math.min(32, c)), 1, c, words), words);
  return { value: { c, k, n, r, g, bias: !!bias }, words };
}

/** `value`, or the next power of two. */
function power(what, value, words) {
  const next = 2 ** Math.ceil(Math.log2(value));
  if (next !== value) words.push(`${what} ${value} is no power of two: showing ${next}.`);
  return next;
}

/** The shortest text that parses to a value. */
export function format(value) {
  const usual = Object.entries({ k: 3, n: 56, r: 4, g: Math.min(32, value.c) });
  const named = usual.map(([name, usual]) => (value[name] === usual ? "" : "_" + name + value[name]));
  return "c" + value.c + named.join("") + (value.bias ? "_b" : "");
}

/** The designs: each a name and its convolutions as [channels in, channels out, kernel, groups]. */
export function designs({ c, k, r, g }) {
  const inner = c / r, deep = (k - 1) / 2;
  return [
    [`one ${k}×${k}`, [[c, c, k, 1]]],
    [`${deep} of 3×3`, Array(deep).fill([c, c, 3, 1])],
    ["bottleneck", [[c, inner, 1, 1], [inner, inner, k, 1], [inner, c, 1, 1]]],
    ["grouped", [[c, c, k, g]]],
    ["separable", [[c, c, k, c], [c, c, 1, 1]]],
  ];
}

/** What each design costs, and how far it sees. */
export function costs(value) {
  const places = value.n ** 2, sum = (list, of) => list.reduce((total, layer) => total + of(layer), 0);
  return designs(value).map(([name, layers]) => {
    const weights = sum(layers, ([before, after, k, groups]) => (k * k * before * after) / groups);
    const outputs = sum(layers, ([, after]) => after);
    return {
      name, field: 1 + sum(layers, ([, , k]) => k - 1), parameters: weights + (value.bias ? outputs : 0),
      macs: weights * places, activations: outputs * places,
    };
  });
}

/** Weights of a dense layer between the same two maps. */
export const dense = ({ c, n }) => (c * n * n) ** 2;
