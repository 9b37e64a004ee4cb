// A link to the current version leads to the same place in it, if it has the page; without scripts to its start.
document.querySelectorAll("a.cn-current").forEach((link) => {
  const all = new URL("..", link.href); // where the versions stand
  const same = new URL(location.pathname.slice(all.pathname.length).replace(/^[^/]*\//, ""), link.href);
  link.addEventListener("click", async (event) => {
    if (event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    const found = await fetch(same, { method: "HEAD" }).catch(() => ({ ok: false }));
    same.search = location.search;
    same.hash = location.hash;
    location.assign(found.ok ? same : link.href);
  });
});
