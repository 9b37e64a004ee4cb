// What the states of all interactives have in common.

/** `value` kept between `least` and `most`; if that changed it, `words` gains a sentence that says so. */
export function clamp(what, value, least, most, words) {
  const kept = Math.max(least, Math.min(most, value));
  if (kept !== value) words.push(`${what} ${value} is outside ${least} to ${most}: showing ${kept}.`);
  return kept;
}

/** The groups of `text` read by a grammar, the whole of it, or null. */
export const read = (grammar, text) => new RegExp(`^(?:${grammar})$`).exec(text);
