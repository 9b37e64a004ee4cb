// What a citation offers when it is opened: the reader's own day of access, and buttons that copy.
const forms = {
  apa: (day) => day.toLocaleDateString("en-US", { dateStyle: "long" }),
  "csl-json": (day) => [day.getFullYear(), day.getMonth() + 1, day.getDate()].join(", "),
};
const iso = (day) =>
  [String(day.getFullYear()).padStart(4, "0"), ...[day.getMonth() + 1, day.getDate()].map((n) => String(n).padStart(2, "0"))].join("-");

const dated = (time, day) => {
  time.dateTime = iso(day);
  time.textContent = (forms[time.dataset.form] ?? iso)(day);
};

// As plain text; for what has a slanted title, such as APA, also as the text of a document.
const copied = (pre) => {
  const text = pre.textContent.trimEnd() + "\n";
  if (!pre.querySelector("em") || !window.ClipboardItem) return navigator.clipboard.writeText(text);
  const html = `<p>${pre.firstElementChild.innerHTML.replace(/<\/?time[^>]*>/g, "")}</p>`;
  const forms = Object.entries({ "text/plain": text, "text/html": html });
  const blobs = forms.map(([type, content]) => [type, new Blob([content], { type })]);
  return navigator.clipboard.write([new ClipboardItem(Object.fromEntries(blobs))]);
};

/** Fills an opened citation; `copier` makes the page's copy buttons. */
export const ready = (fold, copier) => {
  const day = new Date();
  fold.querySelectorAll("time").forEach((time) => dated(time, day));
  const said = fold.querySelector(".cn-day");
  said.textContent = "The day of access is today.";
  if (!navigator.clipboard) return;
  fold.querySelectorAll("pre").forEach((pre) => {
    const name = pre.previousElementSibling;
    name.replaceChildren(copier("cn-chip", `Copy ${name.textContent}`, () => copied(pre)));
  });
};
