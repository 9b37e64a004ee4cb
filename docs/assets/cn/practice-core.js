// Reading and judging answers, without a page. The same rules as convnotes/exercises/answers.py; tests hold them equal.
import { read as match } from "./state.js";

export const GRAMMAR = "([a-z][a-z-]{0,40})_([1-9][0-9]?)";
const WHOLE = /^(?!-?[1-9][0-9]{0,2}\.000(?!0))-?(?:[1-9][0-9]{0,2}([, '_])[0-9]{3}(?:\1[0-9]{3})*|[0-9]+)(?:\.0*)?$/;
const TWOFOLD = /^-?[1-9][0-9]{0,2}(?:\.000|,[0-9]{3})$/;
const DECIMAL = /^(-?[0-9]*)\.([0-9]+)$/;
const LONGEST = 60;

/** { kind, number } of a state, or null; `kinds` has the records of every variant. */
export function parse(text, kinds) {
  const found = match(GRAMMAR, text);
  return found && Object.hasOwn(kinds, found[1]) && kinds[found[1]][found[2] - 1] ? { kind: found[1], number: +found[2] } : null;
}

/** The state that parse reads. */
export const format = ({ kind, number }) => `${kind}_${number}`;

/** The key of a typed answer, by which answers are compared; null if it cannot be read as that form. */
export function read(text, form, unit = "") {
  text = trim(text.replaceAll("−", "-").replace(/[ \t\u00a0\u2009\u202f]+/g, " "));
  text = trim(text.replace(/^=/, ""));
  if ([...text].length > LONGEST) return null;
  for (const word of [unit, unit.replace(/ies$/, "y").replace(/(ss)es$|s$/, "$1")]) {
    if (!word || !text.toLowerCase().endsWith(word.toLowerCase())) continue;
    text = text.slice(0, -word.length).replace(/ +$/, "");
    break;
  }
  return form === "tuple" ? tuple(text) : form === "fraction" ? fraction(text) : (whole(text)?.toString() ?? null);
}

const trim = (text) => text.replace(/^ +| +$/g, "");
const whole = (text) => (WHOLE.test(text) ? BigInt(text.replace(/\..*|[, '_]/g, "")) : null);

function fraction(text) {
  const [above, ...rest] = trim(text.replace(/%$/, "")).split("/");
  if (!rest.length && TWOFOLD.test(trim(above))) return null;
  let top = whole(trim(above)), bottom = rest.length ? whole(trim(rest.join("/"))) : 1n;
  const found = top === null && !rest.length && DECIMAL.exec(trim(above));
  if (found) [top, bottom] = [BigInt(found[1].replace("-", "") + found[2]), 10n ** BigInt(found[2].length)];
  if (found && found[1][0] === "-") top = -top;
  if (top === null || !bottom) return null;
  return reduced(top, text.endsWith("%") ? 100n * bottom : bottom);
}

function reduced(top, bottom) {
  let [a, b] = [top < 0n ? -top : top, bottom < 0n ? -bottom : bottom];
  while (b) [a, b] = [b, a % b];
  if (bottom < 0n) a = -a;
  return bottom / a === 1n ? `${top / a}` : `${top / a}/${bottom / a}`;
}

function tuple(text) {
  const inside = trim(text.replace(/^[([]|[)\]]$/g, ""));
  const numbers = inside.split(/[×x*;]/.test(inside) ? / ?[×x*;] ?/ : / ?, ?| /).map(whole);
  return numbers.includes(null) ? null : numbers.join(",");
}

const UNREAD = {
  whole: "That does not read as a whole number. Type digits, as in 3,211,264, and no point.",
  fraction: "That does not read as a number. Type a fraction, as in 22/49, or a decimal that is exact, as in 1.125, and no comma.",
  tuple: "That does not read as whole numbers in a row. Type them as in (64, 112, 112) or 55×55.",
  choice: "Choose an answer first.",
  several: "Choose at least one first.",
};

/** What to say to a typed answer, or to the places of options, commas between them: { right, text, why }, `why` in HTML. */
export function judge(variant, typed) {
  if (variant.form === "several" && typed) return each(variant, typed.split(","));
  const given = variant.options.length ? typed : read(typed, variant.form, variant.unit);
  if (given === null) return { right: false, text: UNREAD[variant.form], why: "" };
  if (given === variant.answer) return { right: true, text: "Right.", why: variant.because };
  const known = variant.mistakes.find(([key]) => key === given);
  if (known) return { right: false, text: "No.", why: known[1] };
  const [asked, got] = [variant.answer, given].map((key) => key.split(",").length);
  if (asked !== got) return { right: false, text: `The answer has ${asked} numbers, and here are ${got}.`, why: "" };
  const first = variant.steps.length > 1;
  return {
    right: false,
    text: `That is not the answer, and none of the usual mistakes.${first ? " A first step:" : " Try again, or unfold the solution."}`,
    why: first ? variant.steps[0] : "",
  };
}

/** Of several options: how many of those chosen are right, what part of the points they earn, and each of them with its reason. */
function each(variant, chosen) {
  const hits = variant.reasons.filter(([place]) => chosen.includes(place)), slips = variant.mistakes.filter(([place]) => chosen.includes(place));
  const of = [variant.reasons.length, variant.mistakes.length], right = chosen.join() === variant.answer;
  const said = (word) => ([place, why]) => [place, `<span class="cn-each">${variant.options[place]}: <strong>${word}.</strong> ${why}</span>`];
  const why = [...hits.map(said("yes")), ...slips.map(said("no"))].sort(([a], [b]) => a - b).map(([, html]) => html).join("");
  if (right) return { right, text: "Right.", why };
  const top = hits.length * of[1] - slips.length * of[0];
  const taken = slips.length ? " − " + slips.length + "/" + of[1] : "", sum = hits.length + "/" + of[0] + taken;
  const equal = taken && " = " + reduced(BigInt(top), BigInt(of[0] * of[1]));
  const told = top > 0 ? `${sum}${equal} of the points` : `${sum} is ${top ? "below " : ""}0: no points`;
  return { right, text: `Chosen: ${hits.length} of the ${of[0]} right options, ${slips.length} of the ${of[1]} wrong ones. ${told}.`, why };
}
