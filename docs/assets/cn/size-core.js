// The output-size ruler without its picture. Python's half is convnotes/exhibits/interactive/size_ruler.py.
import { clamp, read } from "./state.js";

export const GRAMMAR = "i([0-9]{1,5})(?:_k([0-9]{1,3}))?(?:_s([0-9]{1,3}))?(?:_p([0-9]{1,3}))?(?:_d([0-9]{1,3}))?";
export const ENDS = 11; // cells shown at either end of an axis that is too long to show whole

/** { value, words } for a text, or null. */
export function parse(text) {
  const found = read(GRAMMAR, text);
  if (!found) return null;
  const words = [], [, i, k = 3, s = 1, p = 0, d = 1] = found;
  const value = {
    i: clamp("input", +i, 1, 512, words), k: clamp("kernel", +k, 1, 15, words), s: clamp("stride", +s, 1, 8, words),
    p: clamp("padding", +p, 0, 16, words), d: clamp("dilation", +d, 1, 8, words),
  };
  return { value, words };
}

/** The shortest text that parses to a value. */
export const format = (value) =>
  "i" + value.i + Object.entries({ k: 3, s: 1, p: 0, d: 1 }).map(([name, usual]) => (value[name] === usual ? "" : "_" + name + value[name])).join("");

/** Cells from the first tap to the last, cells with the padding, output cells (0 where the kernel does not fit). */
export function count({ i, k, s, p, d }) {
  const span = d * (k - 1) + 1, padded = i + 2 * p;
  return { span, padded, output: Math.max(0, Math.floor((padded - span) / s) + 1) };
}

/** Cells of the padded input that the figure has room for. */
export function shown(value) {
  const { padded } = count(value), cells = Array.from({ length: padded }, (_, cell) => cell);
  return padded <= 2 * ENDS + 2 ? cells : [...cells.slice(0, ENDS), ...cells.slice(-ENDS)];
}

/** Cells of the padded input that a window reads. */
export const taps = ({ k, s, d }, window) => Array.from({ length: k }, (_, tap) => window * s + tap * d);

/** The windows to draw: those with an end among the cells shown. */
export function windows(value) {
  const cells = new Set(shown(value));
  return Array.from({ length: count(value).output }, (_, window) => window).filter((window) => {
    const reads = taps(value, window);
    return cells.has(reads[0]) || cells.has(reads.at(-1));
  });
}

/** Cells of the padded input that no window reads. */
export function unread(value) {
  const { padded, output } = count(value), seen = new Uint8Array(padded), out = [];
  for (let window = 0; window < output; window++) for (const cell of taps(value, window)) seen[cell] = 1;
  seen.forEach((read, cell) => read || out.push(cell));
  return out;
}

/** The padding per side that keeps the size, or null if none does. */
export const same = ({ k, s, d }) => (s > 1 || (d * (k - 1)) % 2 ? null : (d * (k - 1)) / 2);
