// What is on blocks of code: a button that copies, and one that opens a session to be run.
// Of a Python session what was typed is copied: no prompts, no output.
const PROMPT = /^(>>>|\.\.\.)( |$)/;
const typed = (code) => {
  if (!code.querySelector(".gp")) return code.textContent;
  return code.textContent
    .split("\n")
    .filter((line) => PROMPT.test(line))
    .map((line) => line.slice(4))
    .join("\n");
};

/** Puts the buttons on; `button` and `copier` make those of the page. */
export const ready = (button, copier) => {
  document.querySelectorAll(".highlight pre").forEach((pre, index) => {
    if (!navigator.clipboard) return;
    const text = () => typed(pre.querySelector("code")).trimEnd() + "\n";
    const copy = copier("cn-copy", "Copy", () => navigator.clipboard.writeText(text()));
    copy.ariaLabel = `Copy code ${index + 1}`;
    pre.parentElement.append(copy);
  });

  // Sessions that can be run here are marked when the site is built; from a folder no Python can be loaded.
  document.querySelectorAll("[data-live]").forEach((block, index) => {
    if (!location.protocol.startsWith("http")) return;
    const play = button("cn-play", "Run and edit", async () => (await import("./live.js")).open(block));
    play.ariaLabel = `Run and edit session ${index + 1}`;
    block.append(play);
  });
};
