// The stepper without its picture. Python's half is convnotes/exhibits/interactive/stepper.py.
import { decimal, exact, short, signed } from "./signed.js";
import { clamp, read } from "./state.js";

export const GRAMMAR =
  "(?:(conv|back)(?:_c(3))?(?:_w([a-z]+|[0-9.-]+))?(?:_d([0-9]{1,2}))?(?:_b(-?[0-9]{1,2}))?|" +
  "(pool|avg)(?:_k([0-9]{1,2}))?)" +
  "(?:_g([0-9.-]+))?(?:_y([0-9.-]+))?(?:_s([0-9]{1,2}))?(?:_p([0-9]{1,2}))?(?:_t([0-9]{1,3}))?";
const NUMBER = "-?[0-9]";
const COLOURS = ["red", "green", "blue"];

/** The mode of a state, and the number of its channels where that is not one: the key of grids, first kernels and sides. */
export const kind = ({ mode, grid }) => mode + (grid.length > 1 ? grid.length : "");
const named = ({ kernels }, name) => (Object.hasOwn(kernels, name) ? kernels[name] : [name, 1]);

/** { value, words } for a text, or null; `data` holds kernels by name, and what each layer starts with. */
export function parse(text, data) {
  const found = read(GRAMMAR, text);
  if (!found) return null;
  const [, goes, three, name, , , pools, , own, sent] = found, mode = pools ?? goes, channels = +(three ?? 1), back = mode === "back";
  if (back ? three || found[4] || found[5] : sent) return null;
  const called = mode + (three ?? ""), [rows, divisor] = named(data, name ?? data.first[called]);
  const grid = stack(own ?? data.grids[called], channels), kernel = pools ? null : stack(rows, channels);
  const given = back ? stack(sent ?? data.sent, 1) : [];
  if (!grid || !(kernel || pools) || !given) return null;
  return clamped({ mode, grid, kernel, divisor, bias: 0, sent: given[0] ?? null }, found, data);
}

/** The state with its numbers in range, and words for those that were not. */
function clamped(value, found, { sides }) {
  const words = [], { kernel, mode } = value, [least, most] = sides[kind(value)];
  value.grid = fit("grid", value.grid, least, most, words);
  if (kernel) {
    value.kernel = fit("kernel", kernel, 1, 3, words);
    value.divisor = mode === "back" ? 1 : clamp("divisor", +(found[4] ?? value.divisor), 1, 99, words);
    value.bias = clamp("bias", +(found[5] ?? 0), -9, 9, words);
  } else value.divisor = 1;
  value.size = kernel ? value.kernel[0].length : clamp("kernel", +(found[7] ?? 2), 1, 3, words);
  value.stride = clamp("stride", +(found[10] ?? (kernel ? 1 : value.size)), 1, 3, words);
  value.padding = clamp("padding", +(found[11] ?? 0), 0, value.size >> 1, words);
  if (value.sent) [value.sent] = fit("gradient", [value.sent], side(value), side(value), found[9] ? words : []);
  value.step = clamp("step", +(found[12] ?? 1), 1, side(value) ** 2, words);
  return { value, words };
}

/** A square of numbers for each channel, or null; one square stands for all. */
function stack(text, channels) {
  const squares = text.split("..").map(cells);
  if (!squares.every((square) => square && square.length === squares[0].length) || ![1, channels].includes(squares.length)) return null;
  return squares.length < channels ? Array(channels).fill(squares[0]) : squares;
}

/** The rows of a square of numbers, or null. */
function cells(text) {
  const square = text.split(".").map((row) => read(`(?:${NUMBER})+`, row) && row.match(new RegExp(NUMBER, "g")).map(Number));
  return square.every((row) => row?.length === square.length) ? square : null;
}

/** The squares cut, or filled with zeros, to a side in range. */
function fit(what, squares, least, most, words) {
  const n = clamp(what, squares[0].length, least, most, words);
  return squares.map((square) => sized(square, n));
}

/** The cells cut, or filled with zeros, to a side. */
export const sized = (square, n) => Array.from({ length: n }, (_, i) => Array.from({ length: n }, (_, j) => square[i]?.[j] ?? 0));

/** The squares as text, or one of them where all are the same. */
function rows(squares) {
  const texts = squares.map((square) => square.map((row) => row.join("")).join("."));
  return texts.every((text) => text === texts[0]) ? texts[0] : texts.join("..");
}

/** The name of the kernel of a state, if it has one. */
export function kernelName({ kernel, divisor }, { kernels }) {
  return Object.keys(kernels).find((name) => kernel && kernels[name][0] === rows(kernel) && kernels[name][1] === divisor);
}

/** The shortest text that parses to a value. */
export function format(value, data) {
  const { mode, grid, kernel, bias, sent, size, stride, padding, step } = value, called = kind(value);
  let text = mode + (grid.length > 1 ? "_c3" : "") + layer(value, data, called);
  if (!kernel) text += size === 2 ? "" : `_k${size}`;
  if (bias) text += `_b${bias}`;
  if (rows(grid) !== data.grids[called]) text += `_g${rows(grid)}`;
  if (sent && rows([sent]) !== rows([gradients(value, data)])) text += `_y${rows([sent])}`;
  if (stride !== (kernel ? 1 : size)) text += `_s${stride}`;
  if (padding) text += `_p${padding}`;
  return step > 1 ? `${text}_t${step}` : text;
}

/** What the text says of the weights. */
function layer(value, data, called) {
  if (!value.kernel) return "";
  const own = rows(value.kernel), [first, below] = named(data, data.first[called]), name = kernelName(value, data);
  if (own === first && value.divisor === below) return "";
  return `_w${name ?? own}` + (name || value.divisor === 1 ? "" : `_d${value.divisor}`);
}

/** The gradients that a layer starts with, as many as it has outputs. */
export const gradients = (value, { sent }) => sized(cells(sent), side(value));

/** Cells along one side of the output. */
export const side = ({ grid: [{ length }], size, stride, padding }) => Math.floor((length + 2 * padding - size) / stride) + 1;

/** Row and column of the first cell of window `step`, which may lie in the padding. */
export function corner(value, step) {
  const n = side(value), column = (step - 1) % n;
  return [((step - 1 - column) / n) * value.stride - value.padding, column * value.stride - value.padding];
}

/** The cells of a channel under window `step`, row by row; null is padding. */
export function window(value, step, channel = 0) {
  const [top, left] = corner(value, step), { size, grid } = value;
  return Array.from({ length: size * size }, (_, at) => grid[channel][top + Math.floor(at / size)]?.[left + (at % size)] ?? null);
}

const sum = (numbers) => numbers.reduce((all, one) => all + one, 0);
const factor = (n) => (n < 0 ? `(${signed(n)})` : `${n}`);

/** For each channel the weighted sum of a window. */
const partial = (value, step) => value.grid.map((_, channel) => {
  const weights = value.kernel?.[channel].flat();
  return sum(window(value, step, channel).map((cell, tap) => (cell ?? 0) * (weights?.[tap] ?? 1)));
});

/** For each channel the products of a window as text. */
const products = (value, step) => value.grid.map((_, channel) => {
  const weights = value.kernel?.[channel].flat();
  return window(value, step, channel).map((cell, tap) => factor(cell ?? 0) + (weights ? `·${factor(weights[tap])}` : "")).join(" + ");
});

/** The numerators of all outputs, row by row, and the denominator that they have in common. */
export function sums(value) {
  const { mode, divisor, bias, size } = value, below = mode === "avg" ? size * size : divisor;
  const of = (step) => mode === "pool" ? Math.max(...window(value, step).filter((cell) => cell !== null))
    : sum(partial(value, step)) + bias * below;
  return [Array.from({ length: side(value) ** 2 }, (_, at) => of(at + 1)), below];
}

/** What the first `step` outputs have sent to the cells of the input and to the weights. */
export function sentBack(value) {
  const { grid: [grid], kernel: [kernel], sent, size } = value, [toInput, toKernel] = [grid, kernel].map(({ length }) => sized([], length));
  sent.flat().slice(0, value.step).forEach((g, at) => {
    const [top, left] = corner(value, at + 1);
    for (let tap = 0; tap < size * size; tap++) {
      const a = Math.floor(tap / size), b = tap % size, row = toInput[top + a];
      if (row?.[left + b] === undefined) continue; // padding: what is sent there is dropped
      row[left + b] += g * kernel[a][b];
      toKernel[a][b] += g * grid[top + a][left + b];
    }
  });
  return [toInput, toKernel];
}

/** The computation of window `step`, and its result, as texts; padding is 0 in a sum and −∞ in a maximum. */
export function written(value, step, [numerators, below] = sums(value)) {
  const number = numerators[step - 1], { bias, grid, mode } = value;
  if (mode === "back") return firstWeight(value, step);
  if (mode === "pool") return [`max(${window(value, step).map((cell) => (cell === null ? "−∞" : signed(cell))).join(", ")})`, `= ${signed(number)}`];
  const several = grid.length > 1, whole = (several ? partial(value, step).map(factor) : products(value, step)).join(" + ");
  const divided = below > 1 ? `(${whole}) / ${below}` : whole;
  return [several || bias ? `${divided} + ${factor(bias)}` : divided, `${exact(number, below) ? "=" : "≈"} ${decimal(number, below)}`];
}

/** What the first weight has got by window `step`. */
function firstWeight(value, step) {
  const terms = value.sent.flat().slice(0, step).map((g, at) => [g, window(value, at + 1)[0] ?? 0]);
  const whole = terms.map(([g, cell]) => `${factor(g)}·${factor(cell)}`).join(" + ");
  return [`first weight: ${whole}`, `= ${signed(sum(terms.map(([g, cell]) => g * cell)))}`];
}

/** The sum of each of three channels, written out. */
export function parts(value, step) {
  const sums = partial(value, step);
  return value.grid.length === 1 ? [] : products(value, step).map((terms, channel) => `${COLOURS[channel]}: ${terms} = ${signed(sums[channel])}`);
}

/** The texts of the output's cells; those after the step that is shown are empty. Backward, the gradients sent. */
export const outputs = ({ step, sent }, [numerators, below]) =>
  sent ? sent.flat().map(signed) : numerators.map((number, at) => (at < step ? short(number, below) : ""));
