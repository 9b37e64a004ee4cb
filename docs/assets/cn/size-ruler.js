// <cn-size-ruler>: the windows of one axis laid out under its cells, and the cells that none of them reads.
import { button, each, h, r2, s, set, table, write } from "./dom.js";
import { Interactive } from "./element.js";
import * as core from "./size-core.js";

const HEIGHT = 310, TOP = 22;
const minus = (n) => String(n).replace("-", "−");
const cells = (n) => n + (n === 1 ? " cell" : " cells");

class SizeRuler extends Interactive {
  static core = core;

  build() {
    this.big = h("b");
    this.of = h("span");
    this.formula = h("p", { class: "cn-formula" });
    this.code = h("code");
    this.pixels = s("path", { class: "cn-on" });
    this.padding = s("path", { class: "cn-cell" });
    this.hatch = s("path", { class: "cn-hatch" });
    this.spans = s("g");
    this.labels = s("g");
    this.stage = s("svg", { class: "cn-stage", height: HEIGHT, "aria-hidden": "true" },
      this.pixels, this.padding, this.hatch, this.spans, this.labels);
    this.table = table("The windows drawn", ["Window", "#First pixel", "#Last pixel"]);
    const slider = (label, name, min, max) =>
      this.slider(label, { min, max }, (value) => value[name], (to) => this.change({ [name]: to }));
    return [this.presets(this.data.presets), h("div", { class: "cn-head" }, h("p", { class: "cn-big" }, this.big, this.of), this.formula),
      h("div", {}, this.stage),
      h("div", { class: "cn-controls" }, slider("Input", "i", 1, 512), slider("Kernel", "k", 1, 15), slider("Stride", "s", 1, 8),
        slider("Padding", "p", 0, 16), slider("Dilation", "d", 1, 8), h("div", {}, button("Keep the size", () => this.keep()))),
      h("p", { class: "cn-code" }, this.code)];
  }

  /** Set the padding that keeps the size, or say why there is none. */
  keep() {
    const { k, s, d } = this.value, p = core.same(this.value);
    if (p != null) this.change({ p });
    else this.tell(s > 1 ? "At a stride above 1 no padding keeps the size of every input." :
      `The kernel spans ${d * (k - 1) + 1} cells: the ${d * (k - 1)} that are lost cannot be shared evenly by two sides.`);
  }

  show(value) {
    const { i, k, s: stride, p, d } = value, { span, padded, output } = core.count(value), unread = core.unread(value);
    this.draw(value, new Set(unread), padded);
    write(this.big, output || "–");
    write(this.of, output ? "output cells" : "does not fit");
    const room = padded - span;
    write(this.formula, `⌊(${i} + 2·${p} − ${d}·(${k} − 1) − 1) / ${stride}⌋ + 1` + (output ? " = " + `⌊${room} / ${stride}⌋ + 1 = ${output}`.replaceAll(" ", "\u00a0") : ""));
    write(this.code, `nn.Conv2d(in_channels, out_channels, kernel_size=${k}` + (stride > 1 ? ", stride=" + stride : "") +
      (p ? ", padding=" + p : "") + (d > 1 ? ", dilation=" + d : "") + ")");
    this.table.show(core.windows(value).map((w) => [w + 1, minus(w * stride - p), minus(w * stride - p + span - 1)]));
    if (!output) return `The kernel spans ${cells(span)}, but the padded input has ${padded}.`;
    return `A window spans ${cells(span)} of ${padded}; ${output === 1 ? "1 place is" : output + " places are"} found.` +
      (unread.length ? ` ${cells(unread.length)} of the padded input, hatched, ${unread.length > 1 ? "are" : "is"} read by none.` : " Every cell is read.");
  }

  /** The cells in a row, one lane for each window below. */
  draw(value, unread, padded) {
    const shown = core.shown(value), drawn = core.windows(value), { i, p } = value;
    this.cut = shown.length < padded;
    const columns = shown.length + this.cut, side = (this.side = Math.min(26, this.wide / columns));
    const left = (this.left = (this.wide - columns * side) / 2), tall = Math.min(side, 20);
    this.column = (cell) => (this.cut && cell >= core.ENDS ? cell - padded + columns : cell);
    const x = (cell) => left + this.column(cell) * side;
    set(this.stage, { width: this.wide, viewBox: `0 0 ${this.wide} ${HEIGHT}` });
    const box = (cell, y, high) => `M${r2(x(cell) + 0.75)} ${r2(y)}h${r2(side - 1.5)}v${r2(high)}h${r2(1.5 - side)}z`;
    const all = (test) => shown.filter(test).map((cell) => box(cell, TOP, tall)).join("");
    const real = (cell) => cell >= p && cell < p + i;
    set(this.pixels, { d: all(real) });
    set(this.padding, { d: all((cell) => !real(cell)) });
    set(this.hatch, { d: shown.filter((cell) => unread.has(cell)).map((cell) => this.stripes(x(cell), side, tall)).join("") });
    const lanes = drawn.length + this.cut, pitch = Math.min(26, (HEIGHT - TOP - tall - 12) / Math.max(1, lanes)), high = Math.min(16, pitch * 0.66);
    const break_ = drawn.findIndex((w, n) => n && w > drawn[n - 1] + 1), labels = this.names(value, x, side, padded);
    const seen = new Set(shown);
    each(this.spans, drawn, () => s("path"), (path, w, n) => {
      const y = TOP + tall + 9 + (n + (this.cut && break_ > 0 && n >= break_)) * pitch, reads = core.taps(value, w).filter((cell) => seen.has(cell));
      const from = x(reads[0]) + 0.75, to = x(reads.at(-1)) + side - 0.75, late = from + to > this.wide, room = late ? from : this.wide - to;
      const line = `M${r2(from)} ${r2(y + high / 2 - 0.75)}H${r2(to)}v1.5H${r2(from)}z`;
      set(path, { class: "cn-top", d: line + reads.map((cell) => box(cell, y, high)).join("") });
      if (room > 26 && (pitch >= 12 || !n || n === drawn.length - 1))
        labels.push([late ? from - 4 : to + 4, y + high / 2 + 4, late ? "end" : "start", w + 1, null]);
    });
    if (this.cut) labels.push([left + (core.ENDS + 0.5) * side, TOP + tall / 2 + 4, "middle", "…", null]);
    each(this.labels, labels, () => s("text"), (el, [x, y, anchor, text]) => write(set(el, { x: r2(x), y: r2(y), "text-anchor": anchor }), text));
  }

  /** The numbers of the first and the last pixel, above them. */
  names({ i, p }, x, side, padded) {
    const hidden = this.cut && p >= core.ENDS, ends = hidden ? [-p, i + p - 1] : [0, i - 1];
    const [first, last] = ends.map((pixel) => x(pixel + p) + side / 2), near = last - first < 40;
    return (near ? [[(first + last) / 2, i + " px"]] : [[first, minus(ends[0])], [last, ends[1]]])
      .map(([x, text]) => [Math.max(16, Math.min(this.wide - 16, x)), TOP - 7, "middle", text]);
  }

  /** Slanting lines in a cell, none of them a speck in its last corner. */
  stripes(x, side, tall) {
    let d = "";
    for (let c = 4; c < side + tall - 1; c += 5)
      d += `M${r2(x + Math.min(c, side))} ${r2(TOP + Math.max(0, c - side))}L${r2(x + Math.max(0, c - tall))} ${r2(TOP + Math.min(c, tall))}`;
    return d;
  }

  get readout() {
    const { p } = this.value, padded = +/of (\d+);|has (\d+)\./.exec(this.sentence.textContent).slice(1).find(Boolean);
    const columns = Math.round((this.wide - 2 * this.left) / this.side);
    const cell = (x) => {
      const column = Math.floor((x - this.left) / this.side + 0.01);
      return (this.cut && column >= core.ENDS ? column + padded - columns : column) - p;
    };
    const boxes = (path) => [...path.getAttribute("d").matchAll(/M(-?[\d.]+) [\d.]+h/g)].map((found) => cell(+found[1]));
    const stripes = [...this.hatch.getAttribute("d").matchAll(/M(-?[\d.]+) [\d.]+L(-?[\d.]+)/g)].map((found) => cell((+found[1] + +found[2]) / 2));
    const number = (text) => +text.replace("−", "-"), said = this.sentence.textContent;
    return {
      output: +this.big.textContent || 0, span: +/spans (\d+)/.exec(said)[1], padded,
      unread: +this.big.textContent ? +(/(\d+) cells? of the padded/.exec(said)?.[1] ?? 0) : padded, hatched: [...new Set(stripes)],
      windows: [...this.table.body.rows].map((row) => [...row.cells].map((td) => number(td.textContent))),
      taps: [...this.spans.children].map(boxes), code: this.code.textContent,
    };
  }
}

customElements.define("cn-size-ruler", SizeRuler);
