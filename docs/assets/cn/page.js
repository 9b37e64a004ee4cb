import "./widgets.js";
// Not later: a page printed as soon as it is loaded has its notes too.
import "./print.js";

const el = (tag, settings) => Object.assign(document.createElement(tag), settings);
const button = (className, textContent, onclick) => el("button", { className, type: "button", textContent, onclick });

// Every copy button says on itself how it went, and in words that are read out, politely.
const said = el("p", { className: "cn-sr", role: "status" });
document.body.append(said);
const copier = (className, word, copy) => {
  const made = button(className, word, async () => {
    said.textContent = made.textContent = await copy().then(() => "Copied", () => "Not copied"); // where it is not allowed
    setTimeout(() => ((said.textContent = ""), (made.textContent = word)), 1500);
  });
  return made;
};

// Buttons on code, of which a chapter has some and a page of terms none.
if (document.querySelector(".highlight pre")) import("./code.js").then(({ ready }) => ready(button, copier));

// What scrolls sideways must be reachable by the keyboard, and only that: no needless stops on a wide screen.
const reach = (box) => {
  if (box.clientWidth && box.scrollWidth > box.clientWidth) box.tabIndex = 0; // 0: a formula in a line, in Firefox
  else box.removeAttribute("tabindex");
};
const widths = new ResizeObserver((entries) => entries.forEach((entry) => reach(entry.target)));
const follow = () =>
  document.querySelectorAll("math, div.arithmatex, .cn-scroll, .md-typeset__scrollwrap, .cn-bench, pre, pre > code").forEach((box) => widths.observe(box));
window.document$ ? document$.subscribe(follow) : follow(); // the theme's boxes around tables come after this script

// The parts of the menu, which the theme makes labels: a button says what it is, and whether it is open.
document.querySelectorAll("label.md-nav__link[for]").forEach((label) => {
  const name = label.querySelector(".md-ellipsis"), box = label.control;
  label.removeAttribute("tabindex");
  Object.assign(name, { role: "button", tabIndex: 0, onkeydown: (event) => /^(\s|Enter)$/.test(event.key) && event.preventDefault(label.click()) });
  (box.onchange = () => (name.ariaExpanded = box.checked))();
});

// What is far down comes when the reader comes near it: questions of earlier chapters.
const check = document.getElementById("check-yourself");
const near = async ([entry], watch) => {
  if (!entry.isIntersecting) return;
  watch.disconnect();
  (await import("./review.js")).ready(check);
};
if (check) new IntersectionObserver(near, { rootMargin: "100%" }).observe(check);

if (document.querySelector("table.cn-sortable")) import("./sort.js");
if (document.querySelector(".cn-links, .cn-report")) import("./figures.js");
if (document.querySelector("a.cn-current")) import("./versions.js");
if (document.querySelector("table.cn-filtered")) import("./filter.js");

// What is folded away comes when it is opened: the day and the buttons of a citation, the form for layers.
document.querySelectorAll("[data-opens]").forEach((fold) => {
  fold.addEventListener("toggle", async () => (await import(`./${fold.dataset.opens}.js`)).ready(fold, copier), { once: true });
});
