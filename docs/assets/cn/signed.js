// Signed values as text and as shades, by integer arithmetic alone. Python's half is convnotes/exhibits/interactive/signed.py.

export const SHADES = 8; // of each sign, beside the neutral grey of zero

/** The quotient to `places` decimals, halves away from zero, without zeros at the end, with a real minus sign. */
export function decimal(numerator, denominator = 1, places = 2) {
  const scale = 10 ** places, parts = Math.floor((2 * Math.abs(numerator) * scale + denominator) / (2 * denominator));
  const rest = parts % scale, digits = rest ? `.${String(rest).padStart(places, "0").replace(/0+$/, "")}` : "";
  return `${numerator < 0 && parts ? "−" : ""}${Math.floor(parts / scale)}${digits}`;
}

/** The quotient in at most three digits where it has a fraction: what fits a cell. */
export function short(numerator, denominator = 1) {
  const size = Math.floor(Math.abs(numerator) / denominator);
  return decimal(numerator, denominator, size < 10 ? 2 : size < 100 ? 1 : 0);
}

/** Whether `decimal` leaves nothing away. */
export const exact = (numerator, denominator, places = 2) => (numerator * 10 ** places) % denominator === 0;

/** A whole number with a real minus sign. */
export const signed = (n) => String(n).replace("-", "−");

/** The shade of `value`, from −SHADES to SHADES, where `most` has the last; halves away from zero. */
export function shade(value, most) {
  const size = most ? Math.min(SHADES, Math.floor((2 * SHADES * Math.abs(value) + most) / (2 * most))) : 0;
  return value < 0 ? -size || 0 : size;
}
