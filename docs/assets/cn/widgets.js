// Loads the script of each interactive that the page holds, and looks again when a page is swapped in.
const load = () =>
  document.querySelectorAll("[data-widget]").forEach((found) => {
    import(`./${found.dataset.widget}.js`).catch((error) => console.error(error)); // the figure inside stays as it is
  });
window.document$ ? document$.subscribe(load) : load();
