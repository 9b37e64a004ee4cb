// The search behind the theme's field, in place of the theme's own worker: MiniSearch, which stands before this, ranks sections
// rather than pages. It reads "×" and "x" alike, mends typing errors and knows other words for the same thing. The theme sends
// { type: 0, data: the index } and is answered { type: 1 }; it sends { type: 2, data: what is typed } and gets { type: 3, data }.
// Of our own is { type: 4 }: all is read; the page sends it back to have what was typed answered again.

const WORD = /\d+(?:\s?[×x*]\s?\d+|\sby\s\d+)+|[\p{L}\p{N}_]+(?:[.,'’-][\p{L}\p{N}_]+)*/giu;
const STOP = new Set("a about after also am an and another any are as at be before between both but by can cnn could do does each every for from get had has have here how i if in into is it its like may more most much must of on only or other over own since so some such than that the their them then there these this those through to too very vs was we were what when where which who whose why will with would you your".split(" "));
const PER_PAGE = 3; // sections shown of a page; the others are folded
const PAGES = 12;
const CLOSE = 0.6; // of the best score of its page: a section is shown
const TEASER = 180; // letters

const singular = (word) => (/[^su]s$/.test(word) && word.length > 3 ? word.replace(/ies$/, "y").replace(/s$/, "") : word);

// The terms of a word as it is written: "3 × 3" is 3x3; "ResNet-50" is resnet, 50 and resnet50; "output_size" output and size too.
const remembered = new Map();
const terms = (written) => {
  if (!remembered.has(written)) remembered.set(written, taken(written));
  return remembered.get(written);
};
const taken = (written) => {
  const word = written.toLowerCase().normalize("NFKD").replace(/[\u0300-\u036f]/g, "").replace(/’/g, "'").replace(/'s?$|'s(?=-)/g, "");
  if (/^\d+\s?(?:[×x*]|by)\s?\d/.test(word)) return [word.replace(/\s?(?:[×x*]|by)\s?/g, "x")];
  if (/^[\d.,]+$/.test(word)) return [word.replace(/,/g, "")];
  const parts = word.split(/[-._,']/).filter(Boolean);
  const whole = /[._]/.test(word) ? word : parts.join("");
  return parts.length > 1 ? [singular(whole), ...parts.map(singular)] : [singular(word)];
};
const kept = (term) => !STOP.has(term);
const tokens = (text) => (text.match(WORD) ?? []).flatMap(terms).filter(kept);
const typed = (text) => (text.match(WORD) ?? []).map(terms).map(([whole, ...parts]) => (parts.length && !known(whole) ? parts : [whole])).flat().filter(kept);

let mini, words;
const places = [], counts = new Map();
const known = (term) => counts.has(term);
const count = (term) => {
  counts.set(term, (counts.get(term) ?? 0) + 1);
  return term;
};

const add = (docs) => {
  const titles = new Map(docs.filter(({ location }) => !location.includes("#")).map(({ location, title }) => [location, title]));
  const added = docs.map((doc, i) => {
    const within = doc.location.split("#")[0];
    const heading = ` ${tokens(doc.title.replace(/^(Worked example|Try it|Measured): /, "")).join(" ")} `;
    const told = ` ${tokens(doc.also ?? "").join(" ")} `;
    return { weight: 1, text: "", ...doc, id: places.length + i, within, heading, told, page: within === doc.location ? "" : titles.get(within) };
  });
  places.push(...added);
  mini.addAll(added);
};

// The place of a word in MiniSearch's tree is looked for once, not each time that the word stands somewhere.
const remember = (tree) => {
  const known = new Map(), find = tree.fetch.bind(tree);
  tree.fetch = (word, make) => {
    if (!known.has(word)) known.set(word, find(word, make));
    return known.get(word);
  };
};

// Chapters first; the rest is fetched when they can be searched.
const read = ({ config, docs }) => {
  mini = new MiniSearch({ fields: ["title", "also", "text", "more", "page"], tokenize: tokens, processTerm: count });
  remember(mini._index);
  words = Object.entries(config.words).map(([said, meant]) => [tokens(said), meant.map(tokens)]);
  add(docs);
  if (config.rest) setTimeout(later);
};

let asked = "";
const later = async () => {
  const rest = await fetch(new URL("../../../search/rest.json", self.location)).then((found) => found.json()).catch(() => ({ docs: [] }));
  add(rest.docs);
  self.postMessage({ type: 4 });
};

// How many letters are to be changed, put in, left out or swapped with the next, at most 3.
const edits = (a, b) => {
  if (Math.abs(a.length - b.length) > 2) return 3;
  const rows = [Array.from({ length: b.length + 1 }, (_, j) => j)];
  for (let i = 1; i <= a.length; i++) {
    rows[i] = [i];
    for (let j = 1; j <= b.length; j++) {
      rows[i][j] = Math.min(rows[i - 1][j] + 1, rows[i][j - 1] + 1, rows[i - 1][j - 1] + (a[i - 1] !== b[j - 1]));
      if (a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) rows[i][j] = Math.min(rows[i][j], rows[i - 2][j - 2] + 1);
    }
  }
  return Math.min(rows[a.length][b.length], 3);
};

// A term as the notes spell it: itself where they have it, or a word that begins so; else the nearest word.
const mended = (term) => {
  if (known(term) || /\d/.test(term) || term.length < 4) return term;
  const most = term.length < 6 ? 1 : 2;
  let best = term, least = most + 0.5;
  for (const [other, times] of counts) {
    if (other.startsWith(term)) return term; // still being typed
    if (Math.abs(other.length - term.length) > most || (other[0] !== term[0] && other[0] !== term[1] && other[1] !== term[0])) continue;
    const cost = edits(term, other) + (other[0] !== term[0]) * 0.4 - Math.min(0.3, times / 1000);
    if (cost < least) [best, least] = [other, cost];
  }
  return best;
};

const at = (list, part) => list.findIndex((_, start) => part.every((term, i) => list[start + i] === term));

// What is asked, and the same in other words.
const variants = (asked) => {
  const found = [asked];
  asked.forEach((term, i) => known(term + asked[i + 1]) && found.push([...asked.slice(0, i), term + asked[i + 1], ...asked.slice(i + 2)]));
  for (const [said, meant] of words) {
    const start = at(asked, said);
    if (start >= 0) found.push(...meant.map((other) => [...asked.slice(0, start), ...other, ...asked.slice(start + said.length)]));
  }
  return found;
};

const ranked = (asked) => {
  const best = new Map();
  const last = asked.at(-1);
  for (const variant of variants(asked)) {
    const all = new Set(variant);
    const found = mini.search(
      { combineWith: "OR", queries: [...all] },
      {
        tokenize: (term) => [term],
        processTerm: (term) => term,
        prefix: (term) => (term === last && term.length > 1) || (term.length > 3 && !/^\d+$/.test(term)),
        weights: { prefix: 0.3, fuzzy: 0 },
        boost: { title: 4, also: 3, page: 1.5, text: 1, more: 0.5 },
        bm25: { k: 1.2, b: 0.5, d: 0.3 },
      },
    );
    for (const { id, score, queryTerms, terms: matched } of found) {
      const place = places[id];
      const words = ` ${variant.join(" ")} `;
      const said = place.heading === words ? 2.2 : place.heading.includes(words) ? 1.6 : place.told.includes(words) ? 1.4 : 1;
      const whole = (new Set(queryTerms).size / all.size) ** 3;
      const value = score * whole * said * place.weight;
      if (value > (best.get(id)?.score ?? 0)) best.set(id, { place, score: value, matched: new Set(matched), queryTerms, variant });
    }
  }
  return [...best.values()].sort((a, b) => b.score - a.score);
};

const ESCAPED = { "&": "&amp;", "<": "&lt;", ">": "&gt;" };
const escaped = (text) => text.replace(/[&<>]/g, (sign) => ESCAPED[sign]);

// A text with the words found marked, cut to the stretch that holds most of them; and those words as they are written.
const marked = (text, matched, length = Infinity) => {
  const hits = [...text.matchAll(WORD)].filter(([word]) => terms(word).some((term) => matched.has(term)));
  const within = (from) => new Set(hits.filter(({ index }) => index >= from && index < from + length - 20).flatMap(([word]) => terms(word))).size;
  const first = hits.reduce((best, { index }) => (within(index) > within(best) ? index : best), hits[0]?.index ?? 0);
  let start = text.length <= length || first < length / 2 ? 0 : Math.max(text.lastIndexOf(". ", first) + 2, text.indexOf(" ", first - 70) + 1);
  const end = text.length <= start + length ? text.length : text.lastIndexOf(" ", start + length);
  let html = start ? "… " : "";
  for (const { 0: word, index } of hits.filter(({ index, 0: word }) => index >= start && index + word.length <= end)) {
    html += `${escaped(text.slice(start, index))}<mark>${escaped(word)}</mark>`;
    start = index + word.length;
  }
  return [`${html}${escaped(text.slice(start, end))}${end < text.length ? " …" : ""}`, hits.map(([word]) => word.toLowerCase())];
};

const shown = ({ place, matched = new Set(), queryTerms = [], variant = [] }, score) => {
  const [title, inTitle] = marked(place.title, matched);
  const [text, inText] = marked(place.text, matched, TEASER);
  const written = [...new Set([...inTitle, ...inText])].slice(0, 8);
  const missing = variant.filter((term) => !queryTerms.includes(term));
  const said = Object.fromEntries([...written.map((word) => [word, true]), ...missing.map((word) => [word, false])]);
  return { location: place.location, title, text: text && `<p>${text}</p>`, score, terms: said };
};

// As the theme shows it: by page, the page where its best section is; sections of the same score are not folded.
const search = (text) => {
  const terms = typed(text).map(mended);
  const found = terms.length ? ranked(terms) : [];
  const pages = Map.groupBy ? Map.groupBy(found, ({ place }) => place.within) : found.reduce((map, one) => map.set(one.place.within, [...(map.get(one.place.within) ?? []), one]), new Map());
  const items = [...pages].slice(0, PAGES).map(([within, sections]) => {
    const best = sections[0].score;
    const items = sections.slice(0, 8).map((one, i) => shown(one, i < PER_PAGE && one.score > CLOSE * best ? best : one.score));
    const page = places.find(({ location }) => location === within);
    return items.some(({ location }) => location === within) || !page ? items : [...items, shown({ place: page }, 0)];
  });
  return { items };
};

self.addEventListener("message", ({ data: { type, data } }) => {
  if (type === 0) read(data);
  if (type === 2) asked = data;
  if (type === 0) self.postMessage({ type: 1 });
  else if (type === 2 || asked) self.postMessage({ type: 3, data: search(asked) });
});
