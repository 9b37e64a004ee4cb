// Loads the script of each interactive that the page holds, and looks again when a page is swapped in.
const load = () =>
  document.querySelectorAll("[data-widget]").forEach((found) => {
    const start = () => import(`./${found.dataset.widget}.js`).catch((error) => console.error(error)); // the figure inside stays
    if (!("lazy" in found.dataset) || RegExp(`[?&#]${found.getAttribute("key")}=`).test(location.href)) return start(); // its state, which leads there
    const seen = ([entry], watch) => entry.isIntersecting && (watch.disconnect(), start());
    new IntersectionObserver(seen, { rootMargin: "100%" }).observe(found);
  });
window.document$ ? document$.subscribe(load) : load();
