// What a unit sees, without its pictures. Python's half is convnotes/exhibits/interactive/sees.py.
import { decimal } from "./signed.js";
import { clamp, read } from "./state.js";

export const GRAMMAR = "block([0-9]{1,2})(_random)?(?:_x([0-9]{1,3}))?(?:_y([0-9]{1,3}))?";
export const STEP = 32, HOME = 64; // pixels from place to place; where a state that names none looks

/** { value, words } for a text, or null. */
export function parse(text, { blocks, side }) {
  const found = read(GRAMMAR, text);
  if (!found) return null;
  const words = [], known = blocks.map(({ block }) => block), block = Math.max(known[0], ...known.filter((number) => number <= +found[1]));
  if (block !== +found[1]) words.push(`block ${+found[1]} was not measured: showing ${block}.`);
  const at = (name, n) => Math.floor(clamp(name, +(found[n] ?? HOME), 0, side - 1, words) / STEP) * STEP;
  return { value: { block, x: at("column", 3), y: at("row", 4), random: Boolean(found[2]) }, words };
}

/** The shortest text that parses to a value. */
export const format = ({ block, x, y, random }) => `block${block}` + (random ? "_random" : "") + (x === HOME ? "" : `_x${x}`) + (y === HOME ? "" : `_y${y}`);

/** Which of the places, row after row. */
export const place = ({ x, y }, { side }) => (y / STEP) * (Math.floor((side - 1) / STEP) + 1) + x / STEP;

/** What was measured of a value's block, with its weights. */
export function of({ block, random }, { blocks }) {
  const kept = blocks.find((one) => one.block === block);
  return { field: kept.field, sides: kept.sides[+random], changes: kept.changes[+random] };
}

/** Which of the files holds the glow of a value: the photograph is the first, then the trained blocks, then the random. */
export const file = ({ block, random }, { blocks }) => 1 + blocks.findIndex((one) => one.block === block) + (random ? blocks.length : 0);

/** Left, top and side of a square of `size` pixels around the place. */
export const square = ({ x, y }, size) => [x - (size - 1) / 2, y - (size - 1) / 2, size];

/** How many of the `size` pixels around `centre` lie on the photograph. */
export const overlap = (centre, size, side) => Math.min(side, centre + (size + 1) / 2) - Math.max(0, centre - (size - 1) / 2);

/** What the table says of a unit: field, share on the photograph, the square that holds 90 %, three changes. */
export function row(value, data) {
  const kept = of(value, data), at = place(value, data), size = kept.field, [off, outer, inner] = kept.changes[at];
  const share = (thousandths) => (thousandths == null ? "–" : `${decimal(thousandths, 10, 0)}\u00a0%`);
  const shown = overlap(value.x, size, data.side) * overlap(value.y, size, data.side);
  return [String(size), `${decimal(100 * shown, size * size, 0)}\u00a0%`, String(kept.sides[at]), share(off), share(outer), share(inner)];
}

/** The rows of all blocks at the place of a value. */
export const rows = (value, data) => data.blocks.map(({ block }) => row({ ...value, block }, data));
