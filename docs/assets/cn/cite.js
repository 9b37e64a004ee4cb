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

/** Fills an opened citation; `copier` makes the page's copy buttons. */
export const ready = (fold, copier) => {
  const day = new Date();
  fold.querySelectorAll("time").forEach((time) => dated(time, day));
  const said = fold.querySelector(".cn-day");
  said.textContent = "The day of access is today.";
  if (!navigator.clipboard) return;
  fold.querySelectorAll("pre").forEach((pre) => {
    const name = pre.previousElementSibling;
    name.replaceChildren(copier("cn-chip", `Copy ${name.textContent}`, () => pre.textContent));
  });
};
