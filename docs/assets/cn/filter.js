// Tables of class cn-filtered: rows chosen by a word anywhere in them and by their value in one column, data-by.
// Without this script all rows are there. The page holds a place for the controls, .cn-filter, so that nothing moves.
import { h, write } from "./dom.js";

const plain = (text) => text.normalize("NFKD").toLowerCase().replaceAll("×", "x").replace(/[\u0300-\u036f]/g, "");

document.querySelectorAll("table.cn-filtered").forEach((table, index) => {
  const rows = [...table.tBodies[0].rows];
  const [word, by] = ["word", "by"].map((name) => `cn-filter-${index}-${name}`);
  const column = +table.dataset.by;
  const value = (row) => row.cells[column].textContent;
  const input = h("input", { id: word, type: "search", autocomplete: "off", spellcheck: "false" });
  const all = h("option", { value: "" }, "all");
  const list = h("select", { id: by }, all, ...[...new Set(rows.map(value))].map((name) => h("option", {}, name)));
  const count = h("p", { role: "status" });
  const show = () => {
    const words = plain(input.value).split(/\s+/);
    const shown = rows.filter((row) => {
      const text = plain(row.textContent);
      row.hidden = !words.every((one) => text.includes(one)) || (list.value !== "" && value(row) !== list.value);
      return !row.hidden;
    });
    write(count, `${shown.length} of ${rows.length}`);
  };
  [input, list].forEach((control) => control.addEventListener("input", show));
  const head = table.tHead.rows[0].cells[column].textContent;
  const name = head[0].toUpperCase() + head.slice(1);
  const bar = document.querySelectorAll(".cn-filter")[index];
  bar.append(h("label", { for: word }, "Word"), input, h("label", { for: by }, name), list, count);
  show();
});
