// <cn-rf-grower>: one unit at the top of a stack of layers, and every cell and pixel that it depends on.
import { button, each, h, r2, s, set, table, write } from "./dom.js";
import { Interactive } from "./element.js";
import * as core from "./rf-core.js";

const HEIGHT = 300, FOOT = 24; // of the stage, and of what is below its input row
const window = ({ pool, k, s, d }) =>
  (pool ? "pool " : "") + `${k}×${k}` + (s > 1 || pool ? ", stride " + s : "") + (d > 1 ? ", dilation " + d : "");

class RfGrower extends Interactive {
  static core = core;
  at = 0; // the layer that the controls change, from 1; 0 is all of them

  build() {
    this.beam = s("path", { class: "cn-beam" });
    this.marks = s("g");
    this.edge = s("path", { class: "cn-edge" });
    this.bell = s("path", { class: "cn-bell" });
    this.labels = s("g");
    this.stage = s("svg", { class: "cn-stage cn-move", height: HEIGHT, "aria-hidden": "true" },
      this.edge, this.beam, this.bell, this.marks, this.labels);
    this.drag(this.stage, (x) => this.pick(x));
    const unit = this.slider("Unit", { min: 0, max: 27 }, ({ unit }) => unit, (unit) => this.change({ unit }));
    this.unit = set(unit, { class: "cn-slider cn-top" });
    const column = h("div", {}, unit, h("div", {}, this.stage));
    this.table = table("Arithmetic, layer by layer", ["Layer", "Window", "Adds", "#Stride", "#Field", "#Start"]);
    return [this.presets(this.data.presets, (state) => state.replace(/(_u.*|_e)$/, "")), h("div", { class: "cn-main" }, column, this.side()),
      this.controls()];
  }

  side() {
    this.big = h("b");
    this.of = h("span");
    this.ink = s("path", { class: "cn-ink" });
    this.veil = s("path", { class: "cn-veil", "fill-rule": "evenodd" });
    this.frame = s("rect", { class: "cn-frame" });
    this.box = s("rect", { class: "cn-box" });
    this.picture = s("image", { preserveAspectRatio: "none" });
    this.photo = s("svg", { class: "cn-photo", "aria-hidden": "true" }, this.frame, this.picture, this.ink, this.veil, this.box);
    return h("div", { class: "cn-side" }, h("p", { class: "cn-big" }, this.big, this.of), this.photo);
  }

  controls() {
    const chosen = ({ layers }) => (this.at ? [layers[this.at - 1]] : layers);
    const common = (value, name) => chosen(value)[0][name];
    const part = (label, name, max, words) =>
      this.slider(label, { min: 1, max }, (value) => common(value, name), (to) => this.edit({ [name]: to }),
        (to) => (chosen(this.value).every((layer) => layer[name] === to) ? words(to) : "mixed"));
    const which = this.choice("Edit", ({ layers }) => [[0, "all layers"], ...layers.map((layer, i) => [i + 1, `layer ${i + 1}: ${window(layer)}`])],
      () => this.at, (at) => { this.at = +at; this.state = this.state; });
    this.drop = button("− layer", () => this.layers(this.value.layers.slice(0, -1)));
    this.add = button("+ layer", () => this.layers([...this.value.layers, this.value.layers.at(-1)]));
    const inputs = ({ input }) => [...new Set([...this.data.inputs, input])].sort((a, b) => a - b).map((n) => [n, `${n} pixels`]);
    return h("div", { class: "cn-controls" },
      h("div", { class: "cn-row" }, which, h("div", { class: "cn-pair" }, this.drop, this.add)),
      part("Kernel", "k", core.LIMITS.kernel, (k) => `${k}×${k}`), part("Stride", "s", core.LIMITS.stride, String),
      part("Dilation", "d", core.LIMITS.dilation, String),
      h("div", { class: "cn-row" }, this.toggle("Pooling", (value) => common(value, "pool"), (pool) => this.edit({ pool })),
        this.toggle("Weigh by paths", ({ weigh }) => weigh, (weigh) => this.change({ weigh })),
        this.choice("Input", inputs, ({ input }) => input, (input) => this.change({ input: +input, unit: null }))));
  }

  edit(part) {
    this.layers(this.value.layers.map((layer, i) => (!this.at || this.at === i + 1 ? { ...layer, ...part } : layer)));
  }

  layers(layers) {
    if (this.at > layers.length) this.at = 0;
    const { unit, input } = this.value, top = core.widths(layers, input).at(-1); // the unit keeps its place on the map
    this.change({ layers, unit: unit === this.top >> 1 ? null : Math.max(0, Math.round(((unit + 0.5) * top) / this.top - 0.5)) });
  }

  /** The unit nearest to `x` on the stage. */
  pick(x) {
    const { start, stride } = this.rows.at(-1), pixel = (x - this.left) / this.px + this.low - 0.5;
    const unit = Math.round((pixel - start) / stride);
    this.change({ unit: Math.max(0, Math.min(this.top - 1, unit)) });
  }

  show(value) {
    const { layers, input } = value;
    if (this.at > layers.length) this.at = 0;
    this.rows = core.trace(layers);
    this.sizes = core.widths(layers, input);
    this.top = this.sizes.at(-1);
    this.levels = core.reach(value);
    const { size, stride, start } = this.rows.at(-1);
    this.from = start + value.unit * stride - (size - 1) / 2;
    this.scale(size, stride, start, input);
    this.rowsOf(value);
    this.inset(size, start, stride, input);
    this.drop.disabled = layers.length < 2;
    this.add.disabled = layers.length >= core.LIMITS.layers;
    write(this.big, `${size}×${size}`);
    write(this.of, `of ${input}×${input} pixels`);
    this.table.show(this.rows.map((row, i) => [i + 1, window(row),
      `(${row.k}−1)·${row.d > 1 ? row.d + "·" : ""}${row.before} = ${row.adds}`, row.stride, row.size,
      String(row.start - (row.size - 1) / 2).replace("-", "−")]));
    return this.say(value, size, stride);
  }

  /** From pixels of the input to those of the stage: wide enough for the fields of the first and the last unit. */
  scale(size, stride, start, input) {
    const wide = this.wide, small = wide < 400;
    const first = start - (size - 1) / 2, last = start + (this.top - 1) * stride + (size - 1) / 2;
    this.low = Math.max(Math.min(-3, Math.floor(first)), -4 * input);
    const high = Math.min(Math.max(input + 3, Math.ceil(last) + 1), 5 * input);
    this.left = small ? 44 : 60;
    this.right = small ? 36 : 70; // room for "128/1191"
    this.px = (wide - this.left - this.right) / (high - this.low);
    this.gap = this.px < 5 ? 0 : 2; // below five pixels cells are drawn as bars
    set(this.stage, { viewBox: `0 0 ${wide} ${HEIGHT}`, width: wide });
    const from = this.x(start), to = this.x(start + (this.top - 1) * stride);
    this.unit.style.cssText = `--l:${this.left}px;--r:${this.right}px;--x:${from - 8}px;--w:${to - from + 17}px`;
    set(this.unit.input, { max: this.top - 1, disabled: this.top < 2 });
  }

  x(pixel) {
    return this.left + (pixel - this.low + 0.5) * this.px;
  }

  /** One row of cells for each level, one path for each kind of cell in it, and the beams between the rows. */
  rowsOf({ layers, input, weigh }) {
    const L = layers.length, bars = !this.gap;
    const tall = Math.max(2, Math.min(15, bars ? ((HEIGHT - FOOT) / (L + 1)) * 0.55 : this.px - 1));
    const pitch = (HEIGHT - FOOT - tall - 4) / L, y = (l) => 2 + (L - l) * pitch;
    const marks = [];
    this.levels.forEach((level, l) => this.level(level, l, weigh && l < L, tall, y(l), marks));
    each(this.marks, marks, () => s("path"), set);
    const side = (end) => this.spans().map((ends, l) => `${ends[end]} ${r2(y(l) + tall * (l === L))}`);
    set(this.beam, { d: `M${side(0).join("L")}L${side(1).reverse().join("L")}Z` });
    this.captions(y, tall, L);
    const left = r2(this.x(-0.5)), right = r2(this.x(input - 0.5));
    set(this.edge, { d: `M${left} 0V${HEIGHT - FOOT + 4}M${right} 0V${HEIGHT - FOOT + 4}` });
    const { from, paths } = this.levels[0], foot = y(0) - 2, rise = Math.min(44, Math.max(20, pitch - 8)) / Math.max(1, ...paths);
    const steps = paths.map((n) => `V${r2(foot - rise * n)}h${r2(this.px)}`);
    set(this.bell, { d: weigh && `M${r2(this.x(from - 0.5))} ${r2(foot)}${steps.join("")}V${r2(foot)}Z` });
  }

  /** Adds the paths of level `l` to `marks`. */
  level({ from, paths }, l, weigh, tall, y, marks) {
    const { stride, start } = l ? this.rows[l - 1] : { stride: 1, start: 0 };
    const size = this.sizes[l], most = weigh ? Math.max(...paths) : 1, wide = stride * this.px;
    const kinds = new Map();
    const run = (kind, first, count) => {
      const x = this.x(start + (first - 0.5) * stride) + this.gap / 2;
      kinds.set(kind, `${kinds.get(kind) ?? ""}M${r2(x)} ${r2(y)}h${r2(count * wide - this.gap)}v${r2(tall)}H${r2(x)}z`);
    };
    const kind = (cell) => {
      const n = paths[cell - from], real = cell >= 0 && cell < size;
      if (!n) return real ? "cell" : null;
      return !real ? (this.gap ? "pad" : null) : l === this.sizes.length - 1 ? "top" : weigh ? `on ${Math.max(1, Math.round((12 * n) / most))}` : "on";
    };
    const stop = Math.max(size, from + paths.length);
    for (let cell = Math.min(0, from), first = cell, now = kind(cell); cell < stop; ) {
      const next = ++cell < stop ? kind(cell) : null;
      if (this.gap || next !== now || cell === stop) {
        if (now) run(now, first, cell - first);
        [first, now] = [cell, next];
      }
    }
    for (const [name, d] of kinds) {
      const [type, shade] = name.split(" ");
      marks.push({ class: `cn-${type}`, "data-level": l, "fill-opacity": shade ? r2(0.1 + (0.9 * shade) / 12) : null, d });
    }
  }

  /** The ends of the field on each level of the stage, padding included: on the input they are its whole size apart. */
  spans() {
    let low = this.value.unit, high = low;
    const spans = [];
    for (let l = this.rows.length; l >= 0; l--) {
      const { stride, start } = l ? this.rows[l - 1] : { stride: 1, start: 0 };
      spans[l] = [low - 0.5, high + 0.5].map((cell) => r2(Math.max(this.left, Math.min(this.wide - this.right, this.x(start + cell * stride)))));
      if (!l) return spans;
      const { s, d, k } = this.rows[l - 1], side = core.pad(this.rows[l - 1]);
      low = low * s - side;
      high = high * s - side + d * (k - 1);
    }
  }

  /** Names at the left, counts at the right, where there is room: the ends first, then where the stride changes. */
  captions(y, tall, L) {
    const small = this.wide < 400, taken = [], labels = [];
    const wanted = [L, 0, ...this.rows.map((row, i) => (row.s > 1 ? i + 1 : 0)), ...(L > 12 ? [] : this.rows.map((_, i) => i + 1))];
    for (const l of wanted) {
      const at = Math.max(10, y(l) + tall / 2 + 4);
      if (taken.some((other) => Math.abs(other - at) < 14)) continue;
      taken.push(at);
      const { from, paths } = this.levels[l], lit = paths.filter((n, i) => n && from + i >= 0 && from + i < this.sizes[l]).length;
      labels.push([this.left - 7, at, "end", l ? (small ? l : `layer ${l}`) : "input", null]);
      labels.push([this.wide - this.right + 7, at, "start", small ? lit : `${lit}/${this.sizes[l]}`, "cn-n"]);
    }
    const middle = this.x(this.from + (this.rows.at(-1).size - 1) / 2), last = this.from + this.rows.at(-1).size - 1;
    const text = this.from === last ? `pixel ${last}` : `pixels ${String(this.from).replace("-", "−")} to ${last}`;
    const half = text.length * 3.4;
    labels.push([Math.max(half, Math.min(this.wide - half, middle)), HEIGHT - 5, "middle", text, "cn-n"]);
    each(this.labels, labels, () => s("text"), (el, [x, y, anchor, text, kind]) => {
      set(el, { x: r2(x), y: r2(y), "text-anchor": anchor, class: kind });
      write(el, text);
    });
  }

  /** The field as a square on the input, both in true proportion. */
  inset(size, start, stride, input) {
    const centre = start + (this.top >> 1) * stride, y = centre - (size - 1) / 2, x = this.from;
    const low = Math.min(0, x, y) - input * 0.03, high = Math.max(input, x + size, y + size) + input * 0.03, side = high - low;
    set(this.photo, { viewBox: [low, low, side, side].map(r2).join(" ") });
    set(this.frame, { width: input, height: input });
    set(this.box, { x, y, width: size, height: size });
    const digit = input === 28; // all else is the photograph, which is fetched when it is first wanted
    set(this.ink, { d: digit && this.data.picture });
    set(this.picture, { width: input, height: input, visibility: digit ? "hidden" : null, ...(!digit && { href: this.querySelector(".cn-files img").src }) });
    set(this.veil, { d: `M0 0H${input}V${input}H0ZM${x} ${y}h${size}v${size}h${-size}Z` });
  }

  say({ layers, weigh }, size, stride) {
    const two = core.weights(layers, size), { paths } = this.levels[0];
    return `A unit of layer ${layers.length} sees ${size}×${size} pixels; its neighbour looks ${stride} px further on.` +
      (two ? ` Weights: ${two[0]}·C² in the stack, ${two[1]}·C² in one ${size}×${size} layer that sees as far.` : "") +
      (weigh ? ` Most paths to one pixel, along one axis: ${Math.max(0, ...paths).toLocaleString("en")}.` : "");
  }

  get readout() {
    const cells = (l) => [...this.marks.querySelectorAll(`[data-level="${l}"]:is(.cn-on, .cn-top)`)]
      .flatMap((path) => [...path.getAttribute("d").matchAll(/h(-?[\d.]+)/g)].map((found) => +found[1]));
    const rows = [...this.table.body.rows].map((row) => [...row.cells].map((cell) => cell.textContent));
    const strides = [1, ...rows.map((row) => +row[3])], sentence = this.sentence.textContent;
    const number = (el, name) => +el.getAttribute(name);
    return {
      size: parseInt(this.big.textContent), stride: +/looks (\d+)/.exec(sentence)[1],
      input: number(this.frame, "width"), unit: +this.unit.input.value,
      region: [number(this.box, "x"), number(this.box, "x") + number(this.box, "width") - 1],
      lit: strides.map((stride, l) => cells(l).reduce((sum, wide) => sum + Math.round((wide + this.gap) / (stride * this.px)), 0)),
      layers: rows.map((row) => ({ size: +row[4], stride: +row[3], start: +row[5].replace("−", "-") })),
      weights: /Weights: (\d+)\D+(\d+)/.exec(sentence)?.slice(1).map(Number) ?? null,
    };
  }
}

customElements.define("cn-rf-grower", RfGrower);
