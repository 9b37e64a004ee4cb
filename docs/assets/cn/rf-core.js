// The receptive-field grower without its picture. Python's half is convnotes/exhibits/interactive/rf_grower.py.
import { clamp, read } from "./state.js";

export const GRAMMAR = "([a-z0-9.-]+?)(?:_i([0-9]{1,5}))?(?:_u([0-9]{1,5}))?(_e)?";
export const LAYER = "(p?)([0-9]{1,2})(?:s([0-9]{1,2}))?(?:d([0-9]{1,2}))?";
export const LIMITS = { kernel: 11, stride: 4, dilation: 8, layers: 64, input: 1024, reduction: 65536 };

/** { value, words } for a text, or null; `data.networks` are layers by name. */
export function parse(text, { networks }) {
  const found = read(GRAMMAR, text);
  const named = found && Object.hasOwn(networks, found[1]);
  let parts = found && (named ? networks[found[1]] : found[1]).split("-").map((part) => read(LAYER, part));
  if (!parts?.every(Boolean)) return null;
  const words = [];
  parts = parts.slice(0, clamp("depth", parts.length, 1, LIMITS.layers, words));
  let left = LIMITS.reduction;
  const layers = parts.map((part) => {
    const layer = read1(part, left, words);
    left = Math.floor(left / layer.s);
    return layer;
  });
  const least = layers.reduceRight((n, layer) => Math.max(1, (n - 1) * layer.s + layer.d * (layer.k - 1) + 1 - 2 * pad(layer)), 1);
  let input = clamp("input", +(found[2] ?? (named ? 224 : 28)), 1, Math.max(LIMITS.input, least), words);
  if (least > input) {
    words.push(`input ${input} is too small for these windows: showing ${least}, the smallest that fits.`);
    input = least;
  }
  const top = widths(layers, input).at(-1);
  const unit = found[3] ? clamp("unit", +found[3], 0, top - 1, words) : top >> 1;
  return { value: { layers, input, unit, weigh: !!found[4] }, words };
}

function read1([, p, kernel, stride, dilation], left, words) {
  const k = clamp("kernel", +kernel, 1, LIMITS.kernel, words);
  const step = +(stride ?? (p ? k : 1)); // pooling steps by its kernel unless told, as in PyTorch
  const s = clamp("stride", step, 1, Math.min(LIMITS.stride, left), words);
  return { pool: !!p, k, s, d: clamp("dilation", +(dilation ?? 1), 1, LIMITS.dilation, words) };
}

/** Padding per side: what keeps the map's size at stride 1, where that can be; pooling allows half a kernel at most. */
export function pad({ pool, k, d }) {
  const side = Math.floor((d * (k - 1)) / 2);
  return pool ? Math.min(side, k >> 1) : side;
}

/** The layers as text, or the name of the network that they are. */
export function spec(layers, { networks }) {
  const text = layers
    .map(({ pool, k, s, d }) => (pool ? "p" : "") + k + (s > 1 || pool ? "s" + s : "") + (d > 1 ? "d" + d : ""))
    .join("-");
  return Object.keys(networks).find((name) => networks[name] === text) ?? text;
}

/** The shortest text that parses to a value; a unit of null is the middle one. */
export function format({ layers, input, unit, weigh }, data) {
  const text = spec(layers, data);
  const usual = Object.hasOwn(data.networks, text) ? 224 : 28;
  const middle = widths(layers, input).at(-1) >> 1;
  const at = unit == null || unit === middle ? "" : "_u" + unit;
  return text + (input === usual ? "" : "_i" + input) + at + (weigh ? "_e" : "");
}

/** Cells of every level, the input first. */
export function widths(layers, input) {
  const sizes = [input];
  for (const layer of layers)
    sizes.push(Math.floor((sizes.at(-1) + 2 * pad(layer) - layer.d * (layer.k - 1) - 1) / layer.s) + 1);
  return sizes;
}

/** After each layer: what it adds, the stride before and after it, the size of the field, the middle of unit 0. */
export function trace(layers) {
  let size = 1, stride = 1, start = 0;
  return layers.map((layer) => {
    const before = stride, adds = (layer.k - 1) * layer.d * before;
    size += adds;
    start += ((layer.k - 1) * layer.d * 0.5 - pad(layer)) * before;
    stride *= layer.s;
    return { ...layer, before, adds, size, stride, start };
  });
}

/** For every level, the input first: { from, paths }, the number of paths to each cell of a run that starts at `from`.
 * Cells outside a map are padding: touched, and leading nowhere, because a zero depends on nothing. */
export function reach({ layers, input, unit }) {
  const sizes = widths(layers, input);
  let level = { from: unit, paths: [1] };
  const levels = [level];
  for (let l = layers.length - 1; l >= 0; l--) {
    const { k, s, d } = layers[l], side = pad(layers[l]);
    const first = Math.max(0, level.from), last = Math.min(sizes[l + 1], level.from + level.paths.length) - 1;
    const from = first * s - side, paths = new Array(Math.max(0, (last - first) * s + d * (k - 1) + 1)).fill(0);
    for (let cell = first; cell <= last; cell++)
      for (let tap = 0; tap < k; tap++) paths[(cell - first) * s + tap * d] += level.paths[cell - level.from];
    levels.push((level = { from, paths }));
  }
  return levels.reverse();
}

/** Weights of a stack of plain convolutions and of the one kernel that sees as far, over C squared; else null. */
export function weights(layers, size) {
  const plain = layers.every(({ pool, s, d }) => !pool && s === 1 && d === 1) && layers.length > 1 && size > 1;
  return plain ? [layers.reduce((sum, { k }) => sum + k * k, 0), size * size] : null;
}
