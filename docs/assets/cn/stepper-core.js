// The stepper without its picture. Python's half is convnotes/exhibits/interactive/stepper.py.
import { decimal, exact, short } from "./signed.js";
import { clamp, read } from "./state.js";

export const GRAMMAR =
  "(?:conv(?:_w([a-z]+|[0-9.-]+))?(?:_d([0-9]{1,2}))?|(pool|avg)(?:_k([0-9]{1,2}))?)" +
  "(?:_g([0-9.-]+))?(?:_s([0-9]{1,2}))?(?:_p([0-9]{1,2}))?(?:_t([0-9]{1,3}))?";
const NUMBER = "-?[0-9]";

/** { value, words } for a text, or null; `data` holds kernels by name and the grid that each layer starts with. */
export function parse(text, { kernels, grids }) {
  const found = read(GRAMMAR, text);
  if (!found) return null;
  const words = [], pools = found[3], mode = pools ?? "conv", name = found[1] ?? "edge";
  const [rows, below] = Object.hasOwn(kernels, name) ? kernels[name] : [name, 1];
  let grid = cells(found[5] ?? grids[mode]), kernel = pools ? null : cells(rows), divisor = 1;
  if (!grid || !(kernel || pools)) return null;
  grid = fit("grid", grid, 4, 7, words);
  if (kernel) {
    kernel = fit("kernel", kernel, 1, 3, words);
    divisor = clamp("divisor", +(found[2] ?? below), 1, 99, words);
  }
  const size = kernel ? kernel.length : clamp("kernel", +(found[4] ?? 2), 1, 3, words);
  const stride = clamp("stride", +(found[6] ?? (kernel ? 1 : size)), 1, 3, words);
  const padding = clamp("padding", +(found[7] ?? 0), 0, size >> 1, words);
  const value = { mode, grid, kernel, divisor, size, stride, padding };
  value.step = clamp("step", +(found[8] ?? 1), 1, side(value) ** 2, words);
  return { value, words };
}

/** The rows of a square of numbers, or null. */
function cells(text) {
  const rows = text.split(".").map((row) => read(`(?:${NUMBER})+`, row) && row.match(new RegExp(NUMBER, "g")).map(Number));
  return rows.every((row) => row?.length === rows.length) ? rows : null;
}

/** The cells cut, or filled with zeros, to a side in range. */
function fit(what, rows, least, most, words) {
  return sized(rows, clamp(what, rows.length, least, most, words));
}

/** The cells cut, or filled with zeros, to a side. */
export const sized = (rows, n) => Array.from({ length: n }, (_, i) => Array.from({ length: n }, (_, j) => rows[i]?.[j] ?? 0));

const written1 = (rows) => rows.map((row) => row.join("")).join(".");

/** The name of the kernel of a state, or null. */
export function named({ kernel, divisor }, { kernels }) {
  const rows = kernel && written1(kernel);
  return Object.keys(kernels).find((name) => kernels[name][0] === rows && kernels[name][1] === divisor) ?? null;
}

/** The shortest text that parses to a value. */
export function format(value, data) {
  const { mode, grid, kernel, divisor, size, stride, padding, step } = value, name = named(value, data);
  let text = mode;
  if (!kernel) text += size === 2 ? "" : `_k${size}`;
  else if (name !== "edge") text += `_w${name ?? written1(kernel)}${name || divisor === 1 ? "" : `_d${divisor}`}`;
  const rows = written1(grid);
  if (rows !== data.grids[mode]) text += `_g${rows}`;
  if (stride !== (kernel ? 1 : size)) text += `_s${stride}`;
  return `${text}${padding ? `_p${padding}` : ""}${step > 1 ? `_t${step}` : ""}`;
}

/** Cells along one side of the output. */
export const side = ({ grid, size, stride, padding }) => Math.floor((grid.length + 2 * padding - size) / stride) + 1;

/** Row and column of the first cell of window `step`, which may lie in the padding. */
export function corner(value, step) {
  const n = side(value), column = (step - 1) % n;
  return [((step - 1 - column) / n) * value.stride - value.padding, column * value.stride - value.padding];
}

/** The cells under window `step`, row by row; null is padding. */
export function window(value, step) {
  const [top, left] = corner(value, step), { size, grid } = value;
  return Array.from({ length: size * size }, (_, at) => grid[top + Math.floor(at / size)]?.[left + (at % size)] ?? null);
}

/** The numerators of all outputs, row by row, and the denominator that they have in common. */
export function sums(value) {
  const { mode, kernel, divisor, size } = value, weights = kernel?.flat();
  const of = (seen) =>
    mode === "pool" ? Math.max(...seen.filter((cell) => cell !== null)) : seen.reduce((sum, cell, tap) => sum + (cell ?? 0) * (weights?.[tap] ?? 1), 0);
  const all = Array.from({ length: side(value) ** 2 }, (_, at) => of(window(value, at + 1)));
  return [all, mode === "avg" ? size * size : divisor];
}

const signed = (n) => String(n).replace("-", "−");
const factor = (n) => (n < 0 ? `(${signed(n)})` : `${n}`);

/** The computation of window `step`, and its result, as texts; padding is 0 in a sum and −∞ in a maximum. */
export function written(value, step, [numerators, below] = sums(value)) {
  const seen = window(value, step), number = numerators[step - 1], weights = value.kernel?.flat();
  if (value.mode === "pool") return [`max(${seen.map((cell) => (cell === null ? "−∞" : signed(cell))).join(", ")})`, `= ${signed(number)}`];
  const whole = seen.map((cell, tap) => factor(cell ?? 0) + (weights ? `·${factor(weights[tap])}` : "")).join(" + ");
  return [below > 1 ? `(${whole}) / ${below}` : whole, `${exact(number, below) ? "=" : "≈"} ${decimal(number, below)}`];
}

/** The texts of the output's cells; those after the step that is shown are empty. */
export const outputs = ({ step }, [numerators, below]) => numerators.map((number, at) => (at < step ? short(number, below) : ""));
