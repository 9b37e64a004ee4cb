// A copy button on every code block. Of a Python session it takes what was typed: no prompts, no output.
const typed = (code) => {
  const prompts = [...code.querySelectorAll(".gp")];
  if (!prompts.length) return code.textContent;
  return code.textContent
    .split("\n")
    .filter((line) => /^(>>>|\.\.\.)( |$)/.test(line))
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
    await navigator.clipboard.writeText(typed(pre.querySelector("code")).trimEnd() + "\n");
    button.textContent = "Copied";
    setTimeout(() => (button.textContent = "Copy"), 1500);
  });
  pre.parentElement.append(button);
});

// What scrolls sideways must be reachable by the keyboard, and only that: no needless stops on a wide screen.
const reach = (box) => {
  if (box.scrollWidth > box.clientWidth) box.tabIndex = 0;
  else box.removeAttribute("tabindex");
};
const widths = new ResizeObserver((entries) => entries.forEach((entry) => reach(entry.target)));
document.querySelectorAll("div.arithmatex, .cn-scroll, .cn-bench, pre, pre > code").forEach((box) => widths.observe(box));

if (document.querySelector("table.cn-sortable")) import("./sort.js");
