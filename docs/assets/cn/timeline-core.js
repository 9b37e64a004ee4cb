// The timeline without its picture. Python's half is convnotes/exhibits/interactive/timeline.py.
import { clamp, read } from "./state.js";

export const GRAMMAR = "(year|params|macs)-(error|params|macs)(?:_x(log|lin))?(?:_y(log|lin))?(?:_p(ten|one))?(_all)?(?:_f([a-z]{1,12}))?(?:_to([0-9]{1,4}))?";

/** { value, words } for a text, or null. */
export function parse(text, { years, names, families }) {
  const found = read(GRAMMAR, text);
  if (!found) return null;
  const words = [], newest = years.at(-1);
  let [, x, y, xScale, yScale, protocol = "ten", every, family = "", to = newest] = found;
  if (x === y) {
    y = x === "macs" ? "params" : "macs";
    words.push(`both axes show ${names[x]}: the vertical axis shows ${names[y]} instead.`);
  }
  if (x === "year" && xScale === "log") words.push("years have no logarithmic axis.");
  if (family && !Object.hasOwn(families, family)) {
    words.push(`there is no family ${family}: showing all.`);
    family = "";
  }
  const year = clamp("year", +to, years[0], newest, words), last = years.findLast((one) => one <= year);
  if (last !== year) words.push(`of ${year} there is no network: showing up to ${last}.`);
  const xLog = x !== "year" && xScale !== "lin", yLog = y === "error" ? yScale === "log" : yScale !== "lin";
  return { value: { x, y, xLog, yLog, protocol, every: !!every, family, to: last }, words };
}

/** The shortest text that parses to a value. */
export function format({ x, y, xLog, yLog, protocol, every, family, to }, { years }) {
  const parts = [`${x}-${y}`, !xLog && x !== "year" && "xlin", yLog !== (y !== "error") && (yLog ? "ylog" : "ylin"),
    protocol !== "ten" && "p" + protocol, every && "all", family && "f" + family, to !== years.at(-1) && "to" + to];
  return parts.filter(Boolean).join("_");
}

/** Where a value lies, in ten thousandths of an axis. */
export function place({ low, high, log }, at) {
  const [a, b, c] = log ? [low, high, at].map(Math.log10) : [low, high, at];
  return Math.floor(((c - a) / (b - a)) * 10000 + 0.5);
}

/** What is shown: the axes, points, networks without a value, lines through those of one source, rows of the table. */
export function layout({ x, y, xLog, yLog, protocol, every, family, to }, { axes, networks }) {
  const axis = (name, log) => axes[`${name}-${log ? "log" : "lin"}-${y}`] ?? axes[`${name}-${log ? "log" : "lin"}`];
  const across = axis(x, xLog), up = axis(y, yLog), points = [], missing = [], joined = [], rows = [];
  let last;
  for (const one of networks) {
    if (one.year > to || (family && family !== one.family)) continue;
    const { same: exact, error, cells } = one.errors[protocol], same = y !== "error" || exact, { name } = one;
    const at = { ...one.at, error }, point = { name, x: place(across, at[x]), y: place(up, at[y]), same };
    rows.push([...one.cells, ...cells]);
    if (at[y] === null) {
      if (point.x >= 0) missing.push({ name, x: point.x }); // or it lies before the axis begins
    } else if (same || every) points.push(point);
    if (!same) continue;
    if (one.source !== last) joined.push([]);
    joined.at(-1).push([point.x, point.y]);
    last = one.source;
  }
  return { across, up, points, missing, joined: joined.filter((line) => line.length > 1), rows };
}
