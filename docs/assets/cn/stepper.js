// <cn-stepper>: one window after the other over a small grid, with every product or comparison written out.
import { button, each, h, r2, s, set, table, write } from "./dom.js";
import { Interactive } from "./element.js";
import { SHADES, shade } from "./signed.js";
import * as core from "./stepper-core.js";

const MODES = [["conv", "convolution"], ["pool", "max-pooling"], ["avg", "average-pooling"]];
const TOP = 20; // of the cells, below the name of their board
const tint = (value, most) => {
  const level = shade(value, most);
  return { class: level < 0 ? "cn-neg" : "cn-pos", style: `--a:${Math.abs(level) / SHADES}` };
};

/** The size of type in which `text` is no wider than `room`. */
const fitting = (text, room) => r2(Math.min(14, room / Math.max(1, text.replace(".", "").length * 0.7 + text.includes(".") * 0.38)));

class Stepper extends Interactive {
  static core = core;

  build() {
    this.cells = s("g");
    this.now = s("rect", { class: "cn-now", rx: 2 });
    this.names = s("text", { y: 12 });
    this.output = s("svg", { class: "cn-stage cn-move cn-output", "aria-hidden": "true" }, this.names, this.cells, this.now);
    this.drag(this.output, (x, y) => this.pick(x, y));
    this.output.addEventListener("pointermove", (event) => event.pointerType === "mouse" && (event.movementX || event.movementY) && this.pick(event.offsetX, event.offsetY));
    this.kernel = this.board("kernel", "Kernel", "cn-kernel");
    this.input = this.board("grid", "Input", "cn-input");
    this.marks = s("g");
    this.box = s("rect", { class: "cn-window", rx: 2 });
    this.over = s("svg", { class: "cn-stage cn-over", "aria-hidden": "true" }, this.marks, this.box);
    this.input.square.append(this.over);
    this.calc = h("p", { class: "cn-calc" });
    this.table = table("Computations so far", ["Step", "Computation", "#Output"]);
    const boards = h("div", { class: "cn-boards" }, this.output, this.kernel.el, this.input.el);
    return [this.presets(this.data.presets, (state) => state.replace(/_t\d+$/, "")), this.player(), boards, this.calc, this.controls()];
  }

  disconnectedCallback() {
    this.pause();
    super.disconnectedCallback();
  }

  /** A square of numbers to edit: arrow keys move, digits and minus change. */
  board(part, name, kind) {
    const square = h("div", { class: "cn-square", role: "grid", "aria-label": `${name}: arrow keys move, digits and minus change` });
    const title = h("p", { class: "cn-name" }, name.toLowerCase());
    square.addEventListener("keydown", (event) => this.move(event, square));
    square.addEventListener("focusin", ({ target }) => {
      square.querySelectorAll("input").forEach((input) => (input.tabIndex = input === target ? 0 : -1));
      target.select();
    });
    square.addEventListener("input", ({ target }) => {
      const typed = /^\s*([-−]?)([0-9]+)\s*$/.exec(target.value);
      if (typed) this.edit(part, +target.dataset.i, +target.dataset.j, (typed[1] ? -1 : 1) * typed[2]);
    });
    square.addEventListener("focusout", () => this.fill({ part, square }, this.value[part]));
    return { part, square, title, el: h("div", { class: kind }, title, square) };
  }

  move(event, square) {
    const step = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] }[event.key];
    const { i, j } = event.target.dataset;
    const next = step && square.querySelector(`[data-i="${+i + step[0]}"][data-j="${+j + step[1]}"]`);
    if (step) event.preventDefault();
    next?.focus();
  }

  edit(part, i, j, number) {
    const kept = Math.max(-9, Math.min(9, number));
    this.update({ [part]: this.value[part].map((row, a) => row.map((cell, b) => (a === i && b === j ? kept : cell))) });
    if (kept !== number) this.tell(`cell ${number} is outside −9 to 9: shown is ${kept}.`.replace("-", "−"));
  }

  /** Change part of the state; what then lies outside its range follows without a word. */
  update(part) {
    const value = { ...this.value, ...part };
    if (value.mode === "conv") value.size = value.kernel.length;
    value.padding = Math.min(value.padding, value.size >> 1);
    value.step = Math.min(value.step, core.side(value) ** 2);
    this.change(value);
  }

  mode(mode) {
    const conv = mode === "conv", { kernel, size } = core.parse(mode, this.data).value;
    if (mode !== this.value.mode) this.update({ mode, kernel, size, divisor: 1, stride: conv ? 1 : size });
  }

  weights(name) {
    if (name) this.update(({ kernel, divisor }) => ({ kernel, divisor }))(core.parse(`conv_w${name}`, this.data).value);
  }

  resize(size) {
    const { kernel, stride } = this.value;
    this.update(kernel ? { kernel: core.sized(kernel, size) } : { size, stride: stride === this.value.size ? size : stride });
  }

  player() {
    const by = (n) => () => { this.pause(); this.change({ step: this.value.step + n }); };
    const back = button("Back", by(-1)), step = button("Step", by(1));
    this.play = button("Play", () => (this.timer ? this.pause() : this.run()));
    const last = () => core.side(this.value) ** 2;
    this.at = this.slider("Window", { min: 1, max: 4 }, ({ step }) => step, (step) => { this.pause(); this.change({ step }); }, (step) => `${step} of ${last()}`);
    [this.back, this.next] = [back, step];
    return h("div", { class: "cn-player" }, h("div", { class: "cn-pair" }, back, this.play, step), this.at);
  }

  run() {
    const steps = core.side(this.value) ** 2;
    const go = (step) => this.change({ step: (this.due = step) });
    this.timer = setInterval(() => (this.value.step < steps ? go(this.value.step + 1) : this.pause()), 800);
    go(this.value.step < steps ? this.value.step + 1 : 1);
    write(this.play, "Pause");
  }

  pause() {
    clearInterval(this.timer);
    this.timer = null;
    if (this.play) write(this.play, "Play");
  }

  controls() {
    const names = Object.keys(this.data.kernels);
    this.kernels = this.choice("Weights", (value) => [...names.map((name) => [name, name]), ...(core.named(value, this.data) ? [] : [["", "your own"]])],
      (value) => core.named(value, this.data) ?? "", (name) => this.weights(name));
    this.padding = this.slider("Padding", { min: 0, max: 1 }, ({ padding }) => padding, (padding) => this.update({ padding }));
    return h("div", { class: "cn-controls" },
      h("div", { class: "cn-row" }, this.choice("Layer", () => MODES, ({ mode }) => mode, (mode) => this.mode(mode)),
        this.choice("Grid", () => [4, 5, 6, 7].map((n) => [n, `${n}×${n}`]), ({ grid }) => grid.length, (n) => this.update({ grid: core.sized(this.value.grid, +n) })), this.kernels),
      this.slider("Kernel", { min: 1, max: 3 }, ({ size }) => size, (size) => this.resize(size), (n) => `${n}×${n}`),
      this.slider("Stride", { min: 1, max: 3 }, ({ stride }) => stride, (stride) => this.update({ stride })), this.padding);
  }

  /** The output cell under a point of the output board. */
  pick(x, y) {
    const n = core.side(this.value), at = (place) => Math.max(0, Math.min(n - 1, Math.floor(place / this.cell)));
    const step = at(y - TOP) * n + at(x) + 1;
    if (step !== this.value.step) this.change({ step });
  }

  show(value) {
    const all = core.sums(value), { step, mode, kernel, size, divisor } = value;
    this.dataset.mode = mode;
    this.wideEnough(value);
    this.drawOutput(value, all);
    this.kernel.el.hidden = !kernel;
    write(this.kernel.title, divisor > 1 ? `kernel, ÷ ${divisor}` : "kernel");
    if (kernel) this.fill(this.kernel, kernel);
    this.fill(this.input, value.grid);
    this.drawWindow(value);
    const computed = Array.from({ length: step }, (_, at) => core.written(value, at + 1, all));
    write(this.calc, computed.at(-1).join(" "));
    this.table.show(computed.map(([whole, result], at) => [at + 1, whole, result]));
    this.table.el.scrollTop = 1e5; // the last step is the one that is looked at
    this.follow(value, all[0].length);
    return this.say(value, all, mode, size);
  }

  /** What the controls can do in this state. */
  follow({ step, size, kernel }, last) {
    set(this.at.input, { max: last, disabled: last < 2 });
    set(this.padding.input, { max: Math.max(1, size >> 1), disabled: size < 2 });
    this.back.disabled = step < 2;
    this.next.disabled = step === last;
    this.kernels.hidden = !kernel;
    if (this.timer && step !== this.due) this.pause();
  }

  /** The sides of the cells of the three boards, for the width that there is. */
  wideEnough(value) {
    const { grid, padding, kernel, size } = value, n = core.side(value), cells = grid.length + 2 * padding;
    const wide = Math.max(this.wide, 200), beside = wide >= 500, left = beside ? Math.floor(wide * 0.43) : wide;
    this.px = Math.min(46, Math.floor((beside ? wide - left - 40 : wide) / cells));
    this.small = kernel ? Math.min(beside ? 40 : 34, this.px) : 0;
    this.cell = Math.min(46, Math.floor((beside ? left : wide - (kernel ? size * this.small + 24 : 2)) / n));
    this.style.cssText = `--px:${this.px}px;--small:${this.small}px;--edge:${padding * this.px}px`;
  }

  drawOutput(value, all) {
    const n = core.side(value), a = this.cell, { step } = value, texts = core.outputs(value, all);
    const most = Math.max(...all[0].map(Math.abs));
    write(this.names, `output, ${n}×${n}`);
    const wide = Math.max(n * a, 80), high = n * a + TOP + 2;
    set(this.output, { width: wide, height: high, viewBox: `-1 0 ${wide} ${high}` });
    each(this.cells, texts, () => s("g", {}, s("rect", { rx: 2 }), s("text", { "text-anchor": "middle" })), (cell, text, at) => {
      const x = (at % n) * a, y = Math.floor(at / n) * a + TOP, [rect, label] = cell.children;
      set(rect, { x: x + 1, y: y + 1, width: a - 2, height: a - 2, ...(text ? tint(all[0][at], most) : { class: "cn-wait", style: null }) });
      set(label, { x: x + a / 2, y: y + a / 2 + 5, "font-size": fitting(text, a - 3) });
      write(label, text);
    });
    set(this.now, { x: ((step - 1) % n) * a, y: Math.floor((step - 1) / n) * a + TOP, width: a, height: a });
  }

  /** The numbers of a board, one input each. */
  fill({ part, square }, rows) {
    const n = rows.length, flat = rows.flat(), most = Math.max(part === "kernel" ? 1 : 9, ...flat.map(Math.abs));
    if (square.children.length - (part === "grid") !== n) {
      const cell = (i, j) => h("span", { role: "gridcell" }, h("input", { type: "text", inputmode: "text", maxlength: 3, autocomplete: "off", tabindex: i || j ? -1 : 0, "data-i": i, "data-j": j, "aria-label": `row ${i + 1}, column ${j + 1}` }));
      const lines = rows.map((row, i) => h("div", { role: "row" }, ...row.map((_, j) => cell(i, j))));
      square.replaceChildren(...lines, ...(part === "grid" ? [this.over] : []));
      square.style.setProperty("--n", n);
    }
    square.querySelectorAll("input").forEach((input, at) => {
      const text = String(flat[at]).replace("-", "−");
      if (input.value !== text && input !== document.activeElement) input.value = text;
      if (input === document.activeElement && +input.value.replace("−", "-") !== flat[at] && /\d/.test(input.value)) input.value = text;
      set(input, tint(flat[at], most));
    });
  }

  drawWindow(value) {
    const { mode, grid, kernel, size, padding, step } = value, a = this.px, cells = grid.length + 2 * padding;
    const [top, left] = core.corner(value, step).map((at) => at + padding), seen = core.window(value, step);
    const marks = [], weights = kernel?.flat(), most = Math.max(...seen.filter((cell) => cell !== null));
    for (let at = 0; at < cells * cells; at++) {
      const i = Math.floor(at / cells), j = at % cells, x = j * a, y = i * a;
      if ([i, j].every((place) => place >= padding && place < cells - padding)) continue;
      marks.push(["cn-padded", x, y, mode === "pool" ? "−∞" : "0"]);
    }
    seen.forEach((cell, tap) => {
      const x = (left + (tap % size)) * a, y = (top + Math.floor(tap / size)) * a;
      if (weights) marks.push(["cn-tap", x, y, `×${String(weights[tap]).replace("-", "−")}`]);
      else if (mode === "pool" && cell === most) marks.push(["cn-won", x, y, ""]);
    });
    each(this.marks, marks, () => s("g", {}, s("rect", { rx: 3 }), s("text")), (mark, [kind, x, y, text]) => {
      set(mark, { class: kind });
      set(mark.firstChild, { x: x + 3, y: y + 3, width: a - 6, height: a - 6 });
      const low = kind === "cn-tap";
      set(mark.lastChild, { x: x + (low ? a - 4 : a / 2), y: r2(y + (low ? a - 4 : a / 2 + 4 - (weights ? a / 8 : 0))), "text-anchor": low ? "end" : "middle" });
      write(mark.lastChild, text);
    });
    set(this.over, { width: cells * a, height: cells * a, viewBox: `0 0 ${cells * a} ${cells * a}` });
    set(this.box, { x: left * a, y: top * a, width: size * a, height: size * a });
  }

  say({ mode, kernel, size, step, padding }, [numerators]) {
    const taps = size * size, count = numerators.length, padded = core.window(this.value, step).filter((cell) => cell === null).length;
    const cost = kernel ? `Each of the ${count} outputs takes ${taps} multiplications, ${taps * count} in all; the weights are the same everywhere.`
      : mode === "pool" ? `Each of the ${count} outputs is the largest of ${taps} values: no weights, nothing to learn.` : `Each of the ${count} outputs is the mean of ${taps} values: a kernel of equal weights.`;
    const read = mode === "pool" ? "−∞, which never wins" : "0";
    return cost + (padding ? ` Padding under this window: ${padded} of ${taps} cells, read as ${read}.` : "");
  }

  get readout() {
    const numbers = ({ square, el }) => el.hidden ? null : [...square.querySelectorAll("[role=row]")].map((row) => [...row.querySelectorAll("input")].map((input) => +input.value.replace("−", "-")));
    const number = (el, name) => +el.getAttribute(name), size = number(this.box, "width") / this.px, edge = parseFloat(this.style.getPropertyValue("--edge"));
    const rows = [...this.table.body.rows].map((row) => [...row.cells].map((cell) => cell.textContent));
    const cells = [...this.cells.children], { cell } = this, sentence = this.sentence.textContent, n = Math.sqrt(cells.length);
    return {
      mode: this.live.querySelector("select").value, grid: numbers(this.input), kernel: numbers(this.kernel),
      step: (number(this.now, "y") - TOP) / cell * n + number(this.now, "x") / cell + 1, steps: cells.length,
      corner: ["y", "x"].map((axis) => (number(this.box, axis) - edge) / this.px), size,
      padded: +(/window: (\d+)/.exec(sentence)?.[1] ?? 0), sum: this.calc.textContent, outputs: cells.map((el) => el.textContent),
      sums: rows.map((row) => `${row[1]} ${row[2]}`),
      multiplications: /takes (\d+)\D+(\d+)/.exec(sentence)?.slice(1).map(Number) ?? null,
    };
  }
}

customElements.define("cn-stepper", Stepper);
