// For paper: links get numbers and their addresses a list at the end; the foot of each page names the page.
const SKIPPED = ".headerlink, .cn-links *, .cn-foot *, .cn-addresses *, [download], [hidden] *, details:not(.cn-shown) *";
const article = document.querySelector("article");
const base = document.querySelector("link[rel=canonical]")?.href ?? location.href;
const foot = new CSSStyleSheet(); // in the page, it would be a style that a server may forbid
let added = [];

const el = (tag, attrs, ...kids) => {
  const made = Object.assign(document.createElement(tag), attrs);
  made.append(...kids);
  added.push(made);
  return made;
};

/** The address that a link shows on paper, if it leads off this page. */
function address(link) {
  const url = new URL(link.getAttribute("href"), base);
  return url.href.split(/[?#]/)[0] === base.split(/[?#]/)[0] || link.matches(SKIPPED) ? null : url.href;
}

function note() {
  clear();
  const numbers = new Map();
  for (const link of article.querySelectorAll("a[href]")) {
    const url = address(link);
    if (!url) continue;
    if (!numbers.has(url)) numbers.set(url, numbers.size + 1);
    link.after(el("sup", { className: "cn-mark" }, `[${numbers.get(url)}]`));
  }
  const items = [...numbers.keys()].map((url) => el("li", {}, url));
  if (items.length) article.append(el("section", { className: "cn-addresses" }, el("h2", {}, "Links"), el("ol", {}, ...items)));
  const said = JSON.stringify(`${document.title} · ${base.split(/[?#]/)[0]}`);
  foot.replaceSync(`@page { @bottom-left { content: ${said}; font: 8pt sans-serif; color: #586474 } }`);
  document.adoptedStyleSheets = [foot];
  document.documentElement.classList.add("cn-noted");
}

function clear() {
  added.forEach((made) => made.remove());
  added = [];
  document.adoptedStyleSheets = [];
  document.documentElement.classList.remove("cn-noted");
}

// The theme opens every fold before printing, so those that the reader has opened are marked as they are opened.
const mark = (fold) => fold.classList.toggle("cn-shown", fold.open);
document.querySelectorAll("details").forEach(mark);
document.addEventListener("toggle", ({ target }) => target.matches("details") && !document.documentElement.matches(".cn-noted") && mark(target), true);
addEventListener("beforeprint", note);
addEventListener("afterprint", clear);
