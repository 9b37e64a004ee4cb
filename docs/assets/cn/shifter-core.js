// The shifter without its picture. Python's half is convnotes/exhibits/interactive/shifter.py.
import { decimal, shade } from "./signed.js";
import { clamp, read } from "./state.js";

export const GRAMMAR =
  "(edge|rise|blur|same)(?:_k([0-9]{1,2}))?(?:_s([0-9]{1,2}))?(?:_x(-?[0-9]{1,3}))?(?:_y(-?[0-9]{1,3}))?(_a)?(_o)?";
export const SIDE = 32, MOST = 12; // of the picture; the farthest move

/** { value, words } for a text, or null. */
export function parse(text) {
  const found = read(GRAMMAR, text);
  if (!found) return null;
  const words = [], size = clamp("window", +(found[2] ?? 2), 1, 4, words);
  let stride = clamp("stride", +(found[3] ?? 2), 1, 4, words);
  if (stride === 3) {
    words.push("stride 3 does not divide the picture: showing 2.");
    stride = 2;
  }
  const step = (name, n) => clamp(name, +(found[n] ?? 0), -MOST, MOST, words);
  const value = { kernel: found[1], size, stride, right: step("right", 4), down: step("down", 5), smooth: !!found[6], wrap: !!found[7] };
  return { value, words };
}

/** The shortest text that parses to a value. */
export function format({ kernel, size, stride, right, down, smooth, wrap }) {
  const part = (name, value, usual) => (value === usual ? "" : `_${name}${value}`);
  return kernel + part("k", size, 2) + part("s", stride, 2) + part("x", right, 0) + part("y", down, 0) + (smooth ? "_a" : "") + (wrap ? "_o" : "");
}

/** The cell of a square map at a place that may lie outside: its other side, or `fill`. */
function at(map, n, i, j, wrap, fill) {
  if (wrap) return map[((i + n) % n) * n + ((j + n) % n)];
  return i < 0 || j < 0 || i >= n || j >= n ? fill : map[i * n + j];
}

/** A map of `n` by `n` cells, each found from its row and column. */
const fill = (n, cell) => Array.from({ length: n * n }, (_, place) => cell(Math.floor(place / n), place % n));

/** A map moved by whole cells. */
export const moved = (map, n, right, down, wrap) => fill(n, (i, j) => at(map, n, i - down, j - right, wrap, 0));

/** The sums of 3×3 windows, `stride` apart, each centred on its place. */
export function correlate(map, n, kernel, stride, wrap) {
  return fill(n / stride, (i, j) => {
    let sum = 0;
    for (let a = 0; a < 3; a++)
      for (let b = 0; b < 3; b++) if (kernel[a][b]) sum += kernel[a][b] * at(map, n, i * stride + a - 1, j * stride + b - 1, wrap, 0);
    return sum;
  });
}

/** The largest values of windows, `stride` apart; padding never wins. */
export function largest(map, n, size, stride, wrap) {
  const before = (size - 1) >> 1;
  return fill(n / stride, (i, j) => {
    let most = -Infinity;
    for (let a = 0; a < size; a++)
      for (let b = 0; b < size; b++) most = Math.max(most, at(map, n, i * stride + a - before, j * stride + b - before, wrap, -Infinity));
    return most;
  });
}

/** The pooled map, in sixteenths if it is smoothed. */
function pool(map, { size, stride, smooth, wrap }, binomial) {
  return smooth ? correlate(largest(map, SIDE, size, 1, wrap), SIDE, binomial, stride, wrap) : largest(map, SIDE, size, stride, wrap);
}

const total = (map) => map.reduce((sum, value) => sum + value, 0);
const apart = (a, b) => a.reduce((sum, value, i) => sum + Math.abs(value - b[i]), 0);

/** `before` moved along by the whole cells that bring it nearest to `now`. */
export function along(now, before, { right, down, wrap }, stride) {
  const n = SIDE / stride, whole = (step) => [...new Set([Math.floor(step / stride), Math.ceil(step / stride)])];
  let best = null, least = Infinity;
  for (const y of whole(down))
    for (const x of whole(right)) {
      const copy = moved(before, n, x, y, wrap), error = apart(now, copy);
      if (error < least) [best, least] = [copy, error];
    }
  return best;
}

/** For the feature map and the pooled one: as it is, as it was, what was moved along, and what all are divided by. */
export function measure(value, { kernels, picture }) {
  const { kernel, right, down, stride, smooth, wrap } = value, levels = Array.from(picture, (digit) => parseInt(digit, 16));
  const image = moved(levels, SIDE, right, down, wrap);
  const was = correlate(levels, SIDE, kernels[kernel], 1, wrap), now = correlate(image, SIDE, kernels[kernel], 1, wrap);
  const maps = [[now, was, 1, 1], [pool(now, value, kernels.blur), pool(was, value, kernels.blur), stride, smooth ? 16 : 1]];
  return { image, maps: maps.map(([a, b, step, below]) => ({ now: a, was: b, along: along(a, b, value, step), below })) };
}

/** What the table says of a map: error, cells that stayed, the largest value and the mean, before and after. */
export function row({ now, was, along, below }) {
  const alive = now.filter((value, i) => value || was[i]).length, stayed = now.filter((value, i) => value && value === was[i]).length;
  const size = was.reduce((sum, value) => sum + Math.abs(value), 0), change = (of, n) => `${decimal(of(was), n)} → ${decimal(of(now), n)}`;
  return [`${decimal(100 * apart(now, along), size, 1)}\u00a0%`, `${decimal(100 * stayed, alive, 1)}\u00a0%`,
    change((map) => Math.max(...map), below), change(total, below * was.length)];
}

/** By how much of itself the largest value has changed. */
export function change({ now, was }) {
  const before = Math.max(...was);
  return `${decimal(100 * Math.abs(Math.max(...now) - before), Math.abs(before), 1)}\u00a0%`;
}

/** The shades of the four maps: the picture, the feature map, the pooled map, and how that misses its moved copy. */
export function shades({ image, maps: [feature, pooled] }) {
  const peak = (map) => map.reduce((most, value) => Math.max(most, Math.abs(value)), 0), all = (map, most) => map.map((value) => shade(value, most));
  const most = peak(pooled.was);
  return [all(image, 15), all(feature.now, peak(feature.was)), all(pooled.now, most), all(pooled.now.map((value, i) => value - pooled.along[i]), most)];
}
