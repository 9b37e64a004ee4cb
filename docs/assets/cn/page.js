import "./widgets.js";

// A copy button on every code block. Of a Python session it takes what was typed: no prompts, no output.
const PROMPT = /^(>>>|\.\.\.)( |$)/;
const typed = (code) => {
  const prompts = [...code.querySelectorAll(".gp")];
  if (!prompts.length) return code.textContent;
  return code.textContent
    .split("\n")
    .filter((line) => PROMPT.test(line))
    .map((line) => line.slice(4))
    .join("\n");
};

document.querySelectorAll(".highlight pre").forEach((pre, index) => {
  if (!navigator.clipboard) return;
  const button = document.createElement("button");
  button.className = "cn-copy";
  button.type = "button";
  button.textContent = "Copy";
  button.setAttribute("aria-label", `Copy code ${index + 1}`);
  button.addEventListener("click", async () => {
    const done = navigator.clipboard.writeText(typed(pre.querySelector("code")).trimEnd() + "\n");
    button.textContent = await done.then(() => "Copied", () => "Not copied"); // where the browser does not allow it
    setTimeout(() => (button.textContent = "Copy"), 1500);
  });
  pre.parentElement.append(button);
});

// Sessions that can be run here are marked when the site is built; from a folder no Python can be loaded.
document.querySelectorAll("[data-live]").forEach((block, index) => {
  if (!location.protocol.startsWith("http")) return;
  const button = document.createElement("button");
  button.className = "cn-play";
  button.type = "button";
  button.textContent = "Run and edit";
  button.setAttribute("aria-label", `Run and edit session ${index + 1}`);
  button.addEventListener("click", async () => (await import("./live.js")).open(block));
  block.append(button);
});

// What scrolls sideways must be reachable by the keyboard, and only that: no needless stops on a wide screen.
const reach = (box) => {
  if (box.scrollWidth > box.clientWidth) box.tabIndex = 0;
  else box.removeAttribute("tabindex");
};
const widths = new ResizeObserver((entries) => entries.forEach((entry) => reach(entry.target)));
document.querySelectorAll("div.arithmatex, .cn-scroll, .cn-bench, pre, pre > code").forEach((box) => widths.observe(box));

if (document.querySelector("table.cn-sortable")) import("./sort.js");

// The day and the buttons of a citation come when it is opened.
document.querySelectorAll(".cn-cite details").forEach((fold) => {
  fold.addEventListener("toggle", async () => (await import("./cite.js")).ready(fold), { once: true });
});

if (document.querySelector("a.cn-current")) import("./versions.js");
if (document.querySelector("table.cn-filtered")) import("./filter.js");
