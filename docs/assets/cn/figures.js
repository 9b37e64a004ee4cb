const said = document.querySelector("body > p[role=status]"); // what page.js reads out

// A figure is cited by its caption, page, version and address; without a clipboard the link leads to it, for the address bar.
const citation = (link) => {
  const { author, version, name, isPartOf } = JSON.parse(document.querySelector("script[type='application/ld+json']").textContent);
  const caption = link.closest("figcaption").firstChild.textContent.trim().match(/^.*?[.?!](?= |$)|^.*$/)[0];
  const address = document.querySelector("link[rel=canonical]")?.href ?? location.href.split(/[?#]/)[0];
  return `${author.name}. ${caption} Figure in “${name}”, ${isPartOf?.name ?? name}, version ${version}. ${address}${link.hash}`;
};
addEventListener("click", async (event) => {
  const link = event.target.closest?.(".cn-links a[href^='#']");
  if (!link || !navigator.clipboard) return;
  event.preventDefault();
  said.textContent = link.textContent = await navigator.clipboard.writeText(citation(link)).then(() => "Copied", () => "Not copied");
  setTimeout(() => ((said.textContent = ""), (link.textContent = "Cite")), 1500);
});

// A report names the place that is being read, and holds no drawing, which is in the fragment.
document.querySelectorAll("a.cn-report").forEach((link) => {
  const { href, dataset: { place } } = link;
  link.addEventListener("click", () => (link.href = href.replaceAll(encodeURIComponent(place), encodeURIComponent(place + location.search + location.hash.split("=")[0]))));
});
