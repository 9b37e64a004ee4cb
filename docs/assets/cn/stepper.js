// <cn-stepper>: one window after the other over a small grid, with every product or comparison written out.
import { button, each, h, set, table, write } from "./dom.js";
import { Interactive } from "./element.js";
import { SHADES, shade, signed } from "./signed.js";
import * as core from "./stepper-core.js";

const MODES = [["conv", "convolution"], ["pool", "max-pooling"], ["avg", "average-pooling"]];
const largest = (numbers) => Math.max(...numbers.map(Math.abs));
const places = (n) => Array.from({ length: n * n }, (_, at) => [Math.floor(at / n), at % n]);
const number = (text) => +text.replace("−", "-");

class Stepper extends Interactive {
  static core = core;

  build() {
    this.boards = ["output", "kernel", "grid"].map((part) => this.board(part));
    const [{ square }] = this.boards;
    set(square, { class: "cn-square cn-move", "aria-hidden": "true" });
    this.drag(square, (x, y) => this.pick(x, y));
    square.addEventListener("pointermove", (event) =>
      event.pointerType === "mouse" && (event.movementX || event.movementY) && this.pick(event.offsetX, event.offsetY));
    this.calc = h("p", { class: "cn-calc" });
    this.table = table("Computations so far", ["Step", "Computation", "#Output"]);
    return [this.presets(this.data.presets, (state) => state.replace(/_t\d+$/, "")), this.player(),
      h("div", { class: "cn-stage cn-boards" }, ...this.boards.map(({ el }) => el)), this.calc, this.controls()];
  }

  disconnectedCallback() {
    this.pause();
    super.disconnectedCallback();
  }

  /** A square of numbers with a frame on it. The kernel's and the grid's can be edited: arrow keys move, digits and minus change. */
  board(part) {
    const square = h("div", { class: "cn-square", role: "group", "aria-label": `${part}: arrow keys move, digits and minus change` });
    const title = h("p", { class: "cn-name" }), frame = h("i", { class: "cn-on-top" });
    const board = { part, square, title, frame, at: 0, el: h("div", { class: `cn-board-${part}` }, title, h("div", { class: "cn-held" }, square, frame)) };
    square.addEventListener("keydown", (event) => this.move(event, board));
    square.addEventListener("focusin", ({ target }) => {
      board.at = this.own(square).indexOf(target);
      target.select();
    });
    square.addEventListener("input", ({ target }) => /^[-−]?\d+$/.test(target.value) && this.edit(board, number(target.value)));
    square.addEventListener("focusout", () => this.again());
    return board;
  }

  again() {
    if (this.isConnected) this.state = this.state;
  }

  /** The cells of a board that can be edited. */
  own(square) {
    return [...square.querySelectorAll("input:enabled")];
  }

  move(event, { square, at }) {
    const cells = this.own(square), n = Math.sqrt(cells.length);
    const by = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -n, ArrowDown: n }[event.key];
    if (by) event.preventDefault();
    cells[at + by]?.focus();
  }

  edit({ part, at }, typed) {
    const kept = Math.max(-9, Math.min(9, typed)), rows = this.value[part], n = rows.length;
    this.update({ [part]: rows.map((row, i) => row.map((cell, j) => (i * n + j === at ? kept : cell))) });
    if (kept !== typed) this.tell(`cell ${signed(typed)} is outside −9 to 9: shown is ${signed(kept)}.`);
  }

  /** Change part of the state; what then lies outside its range follows without a word. */
  update(part) {
    const value = { ...this.value, ...part };
    value.padding = Math.min(value.padding, value.size >> 1);
    value.step = Math.min(value.step, core.side(value) ** 2);
    this.change(value);
  }

  /** The layer of another state, on the grid of this one. */
  layer(state) {
    const { mode, kernel, size, divisor } = core.parse(state, this.data).value;
    this.update({ mode, kernel, size, divisor });
  }

  player() {
    const to = (step) => { this.pause(); this.change({ step }); };
    this.back = button("Back", () => to(this.value.step - 1));
    this.next = button("Step", () => to(this.value.step + 1));
    this.play = button("Play", () => (this.timer ? this.pause() : this.run()));
    this.at = this.slider("Window", { min: 1, max: 4 }, ({ step }) => step, to, (step) => `${step} of ${this.last}`);
    return h("div", { class: "cn-player" }, h("div", { class: "cn-pair" }, this.back, this.play, this.next), this.at);
  }

  run() {
    const go = (step) => (step > this.last ? this.pause() : this.change({ step: (this.due = step) }));
    this.timer = setInterval(() => go(this.value.step + 1), 800);
    go((this.value.step % this.last) + 1);
    write(this.play, "Pause");
  }

  pause() {
    clearInterval(this.timer);
    this.timer = null;
    write(this.play, "Play");
  }

  controls() {
    const names = Object.keys(this.data.kernels), sides = [4, 5, 6, 7].map((n) => [n, `${n}×${n}`]);
    this.kernels = this.choice("Weights", () => [...names.map((name) => [name, name]), ["", "your own"]],
      (value) => core.named(value, this.data) ?? "", (name) => (name ? this.layer(`conv_w${name}`) : this.again()));
    this.padding = this.slider("Padding", { min: 0, max: 1 }, ({ padding }) => padding, (padding) => this.update({ padding }));
    return h("div", { class: "cn-controls" },
      h("div", { class: "cn-row" }, this.choice("Layer", () => MODES, ({ mode }) => mode, (mode) => this.layer(mode)),
        this.choice("Grid", () => sides, ({ grid }) => grid.length, (n) => this.update({ grid: core.sized(this.value.grid, +n) })), this.kernels),
      this.slider("Kernel", { min: 1, max: 3 }, ({ size }) => size, (size) => this.update({ size, kernel: this.value.kernel && core.sized(this.value.kernel, size) }), (n) => `${n}×${n}`),
      this.slider("Stride", { min: 1, max: 3 }, ({ stride }) => stride, (stride) => this.update({ stride })), this.padding);
  }

  /** The output cell under a point of the output board. */
  pick(x, y) {
    const n = core.side(this.value), side = this.boards[0].square.clientWidth / n;
    const [i, j] = [y, x].map((place) => Math.max(0, Math.min(n - 1, Math.floor(place / side))));
    if (i * n + j + 1 !== this.value.step) this.change({ step: i * n + j + 1 });
  }

  show(value) {
    const all = core.sums(value), { step, kernel, divisor } = value, [output, weights, input] = this.boards, n = core.side(value);
    this.last = n * n;
    output.el.parentElement.style.setProperty("--out", n);
    const texts = core.outputs(value, all), most = largest(all[0]), heaviest = largest(kernel?.flat() ?? []);
    this.lay(output, "output", texts.map((text, at) => ({ text, value: all[0][at], most, kind: text ? null : "cn-wait", off: true })), places(n)[step - 1], 1);
    weights.el.hidden = !kernel;
    if (kernel) this.lay(weights, divisor > 1 ? `kernel, ÷ ${divisor}` : "kernel", kernel.flat().map((value) => ({ text: signed(value), value, most: heaviest })), [0, 0], 0);
    this.lay(input, "input", this.seen(value), core.corner(value, step).map((at) => at + value.padding), value.size);
    const computed = texts.slice(0, step).map((_, at) => core.written(value, at + 1, all));
    write(this.calc, computed.at(-1).join(" "));
    this.table.show(computed.map((parts, at) => [at + 1, ...parts]));
    this.table.el.scrollTop = 1e5; // the last step is the one that is looked at
    this.allow(value);
    return this.say(value);
  }

  /** The cells of the input with its padding, and what the window makes of those under it. */
  seen({ mode, grid, kernel, size, padding, step }, most = largest([9, ...grid.flat()])) {
    const [top, left] = core.corner(this.value, step), under = core.window(this.value, step), best = Math.max(...under.map((cell) => cell ?? -Infinity));
    return places(grid.length + 2 * padding).map((place) => {
      const [i, j] = place.map((at) => at - padding), value = grid[i]?.[j], a = i - top, b = j - left;
      const inside = [a, b].every((at) => at >= 0 && at < size), cell = value == null ? { text: mode === "pool" ? "−∞" : "0", kind: "cn-padded", off: true } : { text: signed(value), value, most };
      if (inside && kernel) cell.tap = `×${signed(kernel[a][b])}`;
      return inside && mode === "pool" && value === best ? { ...cell, kind: "cn-won" } : cell;
    });
  }

  /** Fills a board, row by row: { text, value and most for its colour, kind, tap, off }; the frame stands at a cell. */
  lay(board, title, cells, [i, j], size) {
    const n = Math.sqrt(cells.length), { square } = board, side = Math.sqrt(cells.filter(({ off }) => !off).length);
    let own = -1;
    board.at = Math.min(board.at, side * side - 1);
    write(board.title, title);
    square.parentElement.style.cssText = `--n:${n};--i:${i};--j:${j};--k:${size}`;
    each(square, cells, () => h("span", {}, h("input", { type: "text", maxlength: 3, autocomplete: "off" })), (el, { text, value = 0, most, kind, tap, off }) => {
      const input = el.firstChild, shown = shade(value, most);
      if (!off) own++;
      set(el, { class: kind, "data-tap": tap });
      set(input, { disabled: off, tabindex: own === board.at ? 0 : -1, class: shown < 0 ? "cn-neg" : "cn-pos",
        "aria-label": off ? "padding" : `row ${Math.floor(own / side) + 1}, column ${(own % side) + 1}`,
        style: `--a:${Math.abs(shown) / SHADES}` + (text.length > 2 ? `;--len:${text.length}` : "") });
      if (input.value !== text) input.value = text;
    });
  }

  /** What the controls can do in this state. */
  allow({ step, size, kernel }) {
    set(this.at.input, { max: this.last, disabled: this.last < 2 });
    set(this.padding.input, { disabled: size < 2 });
    this.back.disabled = step < 2;
    this.next.disabled = step === this.last;
    this.kernels.hidden = !kernel;
    if (this.timer && step !== this.due) this.pause();
  }

  say({ mode, kernel, size, step, padding }) {
    const taps = size * size, padded = core.window(this.value, step).filter((cell) => cell === null).length;
    const what = kernel ? `takes ${taps} multiplications, ${taps * this.last} in all` : `is the ${mode === "pool" ? "largest" : "mean"} of ${taps} values`;
    return `Each of the ${this.last} outputs ${what}.` +
      (padding ? ` Padding under this window: ${padded} of ${taps} cells, read as ${mode === "pool" ? "−∞, which never wins" : "0"}.` : "");
  }

  get readout() {
    const [output, kernel, grid] = this.boards.map(({ square, el }) => {
      const cells = [...square.querySelectorAll("input")], own = cells.filter((cell) => !cell.disabled).map((cell) => number(cell.value));
      const [side, i, j, k] = ["n", "i", "j", "k"].map((name) => +square.parentElement.style.getPropertyValue(`--${name}`));
      return { texts: cells.map((cell) => cell.value), own: el.hidden ? null : own, side, i, j, k };
    });
    const edge = (grid.side - Math.sqrt(grid.own.length)) / 2, sentence = this.sentence.textContent;
    return {
      mode: this.live.querySelector("select").value, grid: grid.own, kernel: kernel.own, step: output.i * output.side + output.j + 1, steps: output.side ** 2,
      corner: [grid.i - edge, grid.j - edge], size: grid.k, padded: +(/window: (\d+)/.exec(sentence)?.[1] ?? 0), sum: this.calc.textContent, outputs: output.texts,
      sums: [...this.table.body.rows].map((row) => `${row.cells[1].textContent} ${row.cells[2].textContent}`),
      multiplications: /takes (\d+)\D+(\d+)/.exec(sentence)?.slice(1).map(Number) ?? null,
    };
  }
}

customElements.define("cn-stepper", Stepper);
