// Tables of class cn-sortable: a press on the head of a column sorts by it, another the other way round.
// A value that is missing stays at the end either way. Without this script the tables are in their own order.
const MISSING = "–";
const read = (row, column) => row.cells[column].textContent.trim();
const number = (text) => Number.parseFloat(text.replaceAll(",", ""));

const sort = (table, column, sign) => {
  const rows = [...table.tBodies[0].rows];
  const texts = rows.map((row) => read(row, column)).filter((text) => text !== MISSING);
  const numeric = texts.every((text) => !Number.isNaN(number(text)));
  const order = (a, b) => (numeric ? number(a) - number(b) : a.localeCompare(b, undefined, { numeric: true }));
  rows.sort((one, other) => {
    const [a, b] = [read(one, column), read(other, column)];
    if (a === MISSING || b === MISSING) return (a === MISSING) - (b === MISSING);
    return sign * order(a, b);
  });
  table.tBodies[0].append(...rows);
};

document.querySelectorAll("table.cn-sortable").forEach((table) => {
  const heads = [...table.tHead.rows[0].cells];
  heads.forEach((head, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => {
      const down = head.getAttribute("aria-sort") === "ascending";
      heads.forEach((other) => other.removeAttribute("aria-sort"));
      head.setAttribute("aria-sort", down ? "descending" : "ascending");
      sort(table, column, down ? -1 : 1);
    });
  });
});
