// Which questions come back when, without a page. A question that was known waits three times as long as before, to three
// months; one that was not comes back the next day.
export const AT_ONCE = 3;
const FIRST = 1, FACTOR = 3, LONGEST = 90;
const PATH = /^[a-z0-9][a-z0-9/._-]{0,80}\/?$/;
const DAYS = (value) => Number.isSafeInteger(value) && value >= 0;

/** What is kept, without what cannot be: { path: { day, questions: [{ due, wait }] } }. */
export function sound(kept) {
  const found = Object.create(null);
  if (typeof kept !== "object" || kept === null || Array.isArray(kept)) return found;
  for (const [path, entry] of Object.entries(kept).slice(0, 200)) {
    const questions = Array.isArray(entry?.questions) ? entry.questions.slice(0, 50) : null;
    if (PATH.test(path) && !path.includes("..") && DAYS(entry?.day) && questions?.every((one) => DAYS(one?.due) && DAYS(one?.wait))) {
      found[path] = { day: entry.day, questions: questions.map(({ due, wait }) => ({ due, wait })) };
    }
  }
  return found;
}

/** The page was read on this day: each of its questions comes back the next. */
export function read(kept, path, count, day) {
  const before = kept[path]?.questions ?? [];
  const questions = Array.from({ length: count }, (_, place) => before[place] ?? { due: day + FIRST, wait: FIRST });
  return { ...kept, [path]: { day, questions } };
}

/** Up to three questions of other pages that are due, those first that have waited longest. */
export function due(kept, here, day) {
  const found = [];
  for (const [path, { questions }] of Object.entries(kept)) {
    if (path === here) continue;
    questions.forEach((one, place) => one.due <= day && found.push({ path, place, due: one.due }));
  }
  found.sort((a, b) => a.due - b.due || (a.path < b.path ? -1 : a.path > b.path ? 1 : a.place - b.place));
  return found.slice(0, AT_ONCE).map(({ path, place }) => ({ path, place }));
}

/** The same after a question was known, or not. */
export function rated(kept, path, place, known, day) {
  const entry = kept[path], one = entry?.questions[place];
  if (!one) return kept;
  const wait = known ? Math.min(Math.max(one.wait, FIRST) * FACTOR, LONGEST) : FIRST;
  const questions = entry.questions.map((old, at) => (at === place ? { due: day + wait, wait } : old));
  return { ...kept, [path]: { ...entry, questions } };
}
