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

const copyable = (pre) => {
  const name = pre.previousElementSibling;
  const button = document.createElement("button");
  button.type = "button";
  button.className = "cn-chip";
  button.setAttribute("aria-live", "polite");
  const word = `Copy ${name.textContent}`;
  button.textContent = word;
  button.addEventListener("click", async () => {
    const done = navigator.clipboard.writeText(pre.textContent.trimEnd() + "\n");
    button.textContent = await done.then(() => "Copied", () => "Not copied"); // where the browser does not allow it
    setTimeout(() => (button.textContent = word), 1500);
  });
  name.replaceChildren(button);
};

export const ready = (fold) => {
  const day = new Date();
  fold.querySelectorAll("time").forEach((time) => dated(time, day));
  const said = fold.querySelector(".cn-day");
  said.textContent = "The day of access is today.";
  if (navigator.clipboard) fold.querySelectorAll("pre").forEach(copyable);
};
