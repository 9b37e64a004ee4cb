// The notes opened from a folder, where a browser loads no module and no worker, and shows the list of a folder rather
// than its index.html. Before this stand `modules` and `workers`, the texts of both by name, put there by the build.
(() => {
  document.documentElement.classList.add("cn-folder");

  const whole = (event) => {
    const link = event.target.closest?.("a[href]");
    if (link?.protocol === "file:" && link.pathname.endsWith("/")) link.pathname += "index.html";
  };
  for (const type of ["pointerover", "focusin", "click"]) addEventListener(type, whole, true);

  // Each module becomes an address of its own, and imports the others by theirs.
  const made = {};
  const address = (text) => URL.createObjectURL(new Blob([text], { type: "text/javascript" }));
  const placed = (text) =>
    text
      .replace(/((?:\bfrom|\bimport)\s*\(?\s*)"\.\/([\w-]+\.js)"/g, (_, start, name) => `${start}"${load(name)}"`)
      .replace(/import\(`\.\/\$\{([^}]+)\}\.js`\)/g, "import(folderModule($1 + '.js'))");
  const load = (name) => (made[name] ??= address(placed(modules[name])));
  window.folderModule = load;
  addEventListener("DOMContentLoaded", () =>
    document.querySelectorAll("script[type=module][src]").forEach(({ src }) => import(load(src.split("/").at(-1)))),
  );

  const { Worker } = window;
  window.Worker = class extends Worker {
    constructor(url) {
      super(address(workers[String(url).split("/").at(-1)]));
    }
  };
})();
