// <cn-stepper>: one window after the other over a small grid, with every product or comparison written out.
import { button, each, h, set, table, write } from "./dom.js";
import { Interactive } from "./element.js";
import { SHADES, shade, signed } from "./signed.js";
import * as core from "./stepper-core.js";

const MODES = [["conv", "convolution"], ["back", "convolution, backward"], ["pool", "max-pooling"], ["avg", "average-pooling"]];
const COLOURS = ["red", "green", "blue"];
const TURN = 400; // milliseconds for each channel
const largest = (numbers) => Math.max(...numbers.map(Math.abs));
const places = (n) => Array.from({ length: n * n }, (_, at) => [Math.floor(at / n), at % n]);
const number = (text) => +text.replace("−", "-");
const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);

class Stepper extends Interactive {
  static core = core;

  build() {
    [this.inputs, this.weights] = ["grid", "kernel"].map((part) => COLOURS.map((_, channel) => this.board(part, channel)));
    [this.output, this.sent, this.toInput, this.toKernel] = ["output", "sent", "to-input", "to-kernel"].map((part) => this.board(part));
    const { square } = this.output;
    set(square, { class: "cn-square cn-move", "aria-hidden": "true" });
    this.drag(square, (x, y) => this.pick(x, y));
    square.addEventListener("pointermove", (event) =>
      event.pointerType === "mouse" && (event.movementX || event.movementY) && this.pick(event.offsetX, event.offsetY));
    this.lines = h("div", { class: "cn-parts" });
    this.calc = h("p", { class: "cn-calc" });
    this.table = table("Computations so far", ["Step", "Computation", "#Output"]);
    const boards = COLOURS.flatMap((_, channel) => [this.inputs[channel], this.weights[channel]]);
    this.stage = h("div", { class: "cn-stage cn-boards" }, ...[...boards, this.output, this.sent, this.toInput, this.toKernel].map(({ el }) => el));
    return [this.presets(this.data.presets, (state) => state.replace(/_t\d+$/, "")), this.player(), this.stage, this.lines, this.calc, this.controls()];
  }

  disconnectedCallback() {
    this.pause();
    super.disconnectedCallback();
  }

  /** A square of numbers with a frame on it. Some can be edited: arrow keys move, digits and minus change. */
  board(part, channel = 0) {
    const square = h("div", { class: "cn-square", role: "group" });
    const title = h("p", { class: "cn-name" }), frame = h("i", { class: "cn-on-top" });
    const el = h("div", { class: `cn-board-${part}`, style: `grid-area:${part}-${channel}` }, title, h("div", { class: "cn-held" }, square, frame));
    const board = { part, channel, square, title, frame, at: 0, el };
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

  edit({ part, channel, at }, typed) {
    const kept = Math.max(-9, Math.min(9, typed)), stack = part === "sent" ? [this.value.sent] : this.value[part], n = stack[0].length;
    const edited = stack.map((rows, c) => rows.map((row, i) => row.map((cell, j) => (c === channel && i * n + j === at ? kept : cell))));
    this.update({ [part]: part === "sent" ? edited[0] : edited });
    if (kept !== typed) this.tell(`cell ${signed(typed)} is outside −9 to 9: showing ${signed(kept)}.`);
  }

  /** Change part of the state; what then lies outside its range follows without a word. */
  update(part) {
    const value = { ...this.value, ...part };
    value.padding = Math.min(value.padding, value.size >> 1);
    value.step = Math.min(value.step, core.side(value) ** 2);
    if (!part.sent) value.sent = value.mode === "back" ? this.resent(value) : null;
    this.change(value);
  }

  /** The gradients of another state: those of this one where they are the reader's own, else what the layer starts with. */
  resent(value) {
    const { sent } = this.value, own = sent && !same(sent, core.gradients(this.value, this.data));
    return own ? core.sized(sent, core.side(value)) : core.gradients(value, this.data);
  }

  /** The layer of another state, on the grid of this one if it can read that. */
  layer(state) {
    const next = core.parse(state, this.data).value, { mode, kernel, size, divisor } = next, { grid, bias } = this.value;
    const [least, most] = this.data.sides[core.kind(next)], n = grid[0].length;
    const fits = grid.length === next.grid.length && n >= least && n <= most;
    this.update({ mode, kernel, size, divisor, bias: mode === "conv" ? bias : 0, grid: fits ? grid : next.grid });
  }

  /** Another number of channels, under the same named kernel if it has one. */
  channels(count) {
    const begin = count === "3" ? "conv_c3" : "conv", name = core.kernelName(this.value, this.data);
    this.layer(name && core.parse(`${begin}_w${name}`, this.data) ? `${begin}_w${name}` : begin);
  }

  /** A kernel cut to a size. A larger one that was cut before, and not changed since, comes back. */
  resize(size) {
    const { kernel, divisor } = this.value, cut = (whole, n) => whole.map((slice) => core.sized(slice, n));
    if (!kernel) return this.update({ size });
    const uncut = this.whole && same(cut(this.whole.kernel, this.value.size), kernel);
    this.whole = uncut ? this.whole : { kernel, divisor };
    this.update({ size, kernel: cut(this.whole.kernel, size), divisor: this.whole.divisor });
  }

  player() {
    const to = (step) => { this.pause(); this.change({ step }); };
    this.previous = button("Back", () => to(this.value.step - 1));
    this.next = button("Step", () => to(this.value.step + 1));
    this.play = button("Play", () => (this.timer ? this.pause() : this.run()));
    this.at = this.slider("Window", { min: 1, max: 4 }, ({ step }) => step, to, (step) => `${step} of ${this.last}`);
    return h("div", { class: "cn-player" }, h("div", { class: "cn-pair" }, this.previous, this.play, this.next), this.at);
  }

  run() {
    const go = (step) => (step > this.last ? this.pause() : this.change({ step: (this.due = step) }));
    this.timer = setInterval(() => go(this.value.step + 1), this.value.grid.length > 1 ? 5 * TURN : 800);
    go((this.value.step % this.last) + 1);
    write(this.play, "Pause");
  }

  pause() {
    clearInterval(this.timer);
    this.timer = null;
    write(this.play, "Play");
  }

  controls() {
    const range = ([least, most]) => Array.from({ length: most - least + 1 }, (_, at) => [least + at, `${least + at}×${least + at}`]);
    this.kernels = this.choice("Weights", (value) => [...this.names(value).map((name) => [name, name]), ["", "your own"]],
      (value) => (this.names(value).includes(core.kernelName(value, this.data)) ? core.kernelName(value, this.data) : ""),
      (name) => (name ? this.layer(`${this.value.mode}${this.value.grid.length > 1 ? "_c3" : ""}_w${name}`) : this.again()));
    this.count = this.choice("Channels", () => [[1, "1"], [3, "3"]], ({ grid }) => grid.length, (count) => this.channels(count));
    this.padding = this.slider("Padding", { min: 0, max: 1 }, ({ padding }) => padding, (padding) => this.update({ padding }));
    this.bias = this.slider("Bias", { min: -9, max: 9 }, ({ bias }) => bias, (bias) => this.update({ bias }), signed);
    return h("div", { class: "cn-controls" },
      h("div", { class: "cn-row" }, this.choice("Layer", () => MODES, ({ mode }) => mode, (mode) => this.layer(mode)), this.count,
        this.choice("Grid", (value) => range(this.data.sides[core.kind(value)]), ({ grid }) => grid[0].length,
          (n) => this.update({ grid: this.value.grid.map((channel) => core.sized(channel, +n)) })), this.kernels),
      this.slider("Kernel", { min: 1, max: 3 }, ({ size }) => size, (size) => this.resize(size), (n) => `${n}×${n}`),
      this.slider("Stride", { min: 1, max: 3 }, ({ stride }) => stride, (stride) => this.update({ stride })), this.padding, this.bias);
  }

  /** The named kernels that a layer can have; backward, only those whose sum is not divided. */
  names({ mode, grid }) {
    const fit = ([rows, divisor]) => (grid.length > 1 || !rows.includes("..")) && (mode !== "back" || divisor === 1);
    return Object.keys(this.data.kernels).filter((name) => fit(this.data.kernels[name]));
  }

  /** The output cell under a point of the output board. */
  pick(x, y) {
    const n = core.side(this.value), side = this.output.square.clientWidth / n;
    const [i, j] = [y, x].map((place) => Math.max(0, Math.min(n - 1, Math.floor(place / side))));
    if (i * n + j + 1 !== this.value.step) this.change({ step: i * n + j + 1 });
  }

  show(value) {
    const all = core.sums(value), { step, grid, sent } = value, n = core.side(value);
    this.last = n * n;
    set(this.stage, { "data-kind": core.kind(value) });
    this.stage.style.setProperty("--out", n);
    this.output.square.classList.toggle("cn-move", !sent);
    const texts = core.outputs(value, all), most = largest(all[0]), here = places(n)[step - 1];
    this.fill(this.output, !sent, "output", () => texts.map((text, at) => ({ text, value: all[0][at], most, kind: text ? null : "cn-wait", off: true })), here, 1);
    this.fill(this.sent, sent, "sent back", () => sent.flat().map((g) => ({ text: signed(g), value: g, most: 9 })), here, 1);
    grid.concat([null, null]).slice(0, 3).forEach((channel, c) => this.showChannel(value, c, !!channel));
    this.showBack(value);
    const computed = texts.slice(0, step).map((_, at) => core.written(value, at + 1, all));
    each(this.lines, core.parts(value, step), () => h("p"), write);
    write(this.calc, computed.at(-1).join(" "));
    this.table.show(computed.map((parts, at) => [at + 1, ...parts]));
    this.table.el.scrollTop = 1e5; // the last step is the one that is looked at
    this.allow(value);
    if (this.walked && this.walked !== step && grid.length > 1) this.walk(step);
    this.walked = step;
    return this.say(value);
  }

  /** Red, green and blue one after the other, then their sum and the output. */
  walk(step) {
    if (matchMedia("(prefers-reduced-motion: reduce)").matches) return;
    const turns = COLOURS.map((_, c) => [this.inputs[c].el, this.weights[c].el, this.lines.children[c]]);
    [...turns, [this.calc, this.output.square.children[step - 1]]].forEach((late, turn) =>
      late.forEach((el) => el.animate({ opacity: [0.15, 1] }, { duration: 200, delay: TURN * turn, fill: "backwards" })));
  }

  showChannel(value, channel, on) {
    const { kernel, divisor, grid, step, size, padding } = value, colour = grid.length > 1 ? `, ${COLOURS[channel]}` : "";
    const weights = on && kernel?.[channel].flat(), heaviest = largest(kernel?.flat(2) ?? []);
    const name = grid.length === 1 && divisor > 1 ? `kernel, ÷ ${divisor}` : `kernel${colour}`;
    this.fill(this.weights[channel], weights, name, () => weights.map((value) => ({ text: signed(value), value, most: heaviest })), [0, 0], 0);
    this.fill(this.inputs[channel], on, `input${colour}`, () => this.seen(value, channel), core.corner(value, step).map((at) => at + padding), size);
  }

  /** What has come back to the input and to the kernel; on the window's cells and the weights, what this step adds. */
  showBack(value) {
    const { sent, kernel, grid, size, step, padding } = value, found = sent && core.sentBack(value), most = found && largest(found.flat(2));
    const g = sent?.flat()[step - 1], [top, left] = core.corner(value, step), plus = (n) => `${n < 0 ? "−" : "+"}${Math.abs(n)}`;
    const cell = (text, at, tap) => ({ text: signed(text), value: text, most, off: true, tap: tap === undefined ? null : plus(tap) });
    this.fill(this.toInput, sent, "to the input", () => found[0].flat().map((sum, at) => {
      const n = grid[0].length, weight = kernel[0][Math.floor(at / n) - top]?.[(at % n) - left];
      return cell(sum, at, weight === undefined ? undefined : g * weight);
    }), [top, left], size);
    const under = sent && core.window(value, step);
    this.fill(this.toKernel, sent, "to the kernel", () => found[1].flat().map((sum, at) => cell(sum, at, g * (under[at] ?? 0))), [0, 0], 0);
  }

  /** The cells of a channel with its padding, and what the window makes of those under it. */
  seen({ mode, grid, kernel, size, padding, step, sent }, channel) {
    const most = largest([9, ...grid.flat(2)]), cells = grid[channel], taps = kernel && !sent && grid.length === 1;
    const [top, left] = core.corner(this.value, step), under = core.window(this.value, step), best = Math.max(...under.map((cell) => cell ?? -Infinity));
    return places(cells.length + 2 * padding).map((place) => {
      const [i, j] = place.map((at) => at - padding), value = cells[i]?.[j], a = i - top, b = j - left;
      const inside = [a, b].every((at) => at >= 0 && at < size), cell = value == null ? { text: mode === "pool" ? "−∞" : "0", kind: "cn-padded", off: true } : { text: signed(value), value, most };
      if (inside && taps) cell.tap = `×${signed(kernel[0][a][b])}`;
      return inside && mode === "pool" && value === best ? { ...cell, kind: "cn-won" } : cell;
    });
  }

  /** Shows a board or hides it; `cells()` gives, row by row, { text, value and most for its colour, kind, tap, off }. */
  fill(board, on, title, cells, corner, size) {
    board.el.hidden = !on;
    if (!on) return board.square.replaceChildren();
    this.lay(board, title, cells(), corner, size);
  }

  lay(board, title, cells, [i, j], size) {
    const n = Math.sqrt(cells.length), { square } = board, side = Math.sqrt(cells.filter(({ off }) => !off).length);
    let own = -1;
    board.at = Math.max(0, Math.min(board.at, side * side - 1));
    write(board.title, title);
    set(square, { "aria-label": side ? `${title}: arrow keys move, digits and minus change` : title });
    square.classList.toggle("cn-taps", cells.some(({ tap }) => tap));
    square.parentElement.style.cssText = `--n:${n};--i:${i};--j:${j};--k:${size}`;
    each(square, cells, () => h("span", {}, h("input", { type: "text", maxlength: 3, autocomplete: "off" })), (el, { text, value = 0, most, kind, tap, off }, at) => {
      const input = el.firstChild, shown = shade(value, most), [row, column] = off ? [Math.floor(at / n), at % n] : [Math.floor(++own / side), own % side];
      set(el, { class: kind, "data-tap": tap });
      set(input, { disabled: off, tabindex: own === board.at ? 0 : -1, class: shown < 0 ? "cn-neg" : "cn-pos",
        "aria-label": kind === "cn-padded" ? "padding" : `row ${row + 1}, column ${column + 1}`,
        style: `--a:${Math.abs(shown) / SHADES}` + (text.length > 2 ? `;--len:${text.length}` : "") });
      if (input.value !== text) input.value = text;
    });
  }

  /** What the controls can do in this state. */
  allow({ mode, step, size, kernel }) {
    set(this.at.input, { max: this.last, disabled: this.last < 2 });
    set(this.padding.input, { disabled: size < 2 });
    set(this.bias.input, { disabled: mode !== "conv" });
    this.previous.disabled = step < 2;
    this.next.disabled = step === this.last;
    this.bias.hidden = this.count.hidden = mode !== "conv";
    this.kernels.hidden = !kernel;
    if (this.timer && step !== this.due) this.pause();
  }

  say({ mode, kernel, size, step, padding, grid, sent }) {
    const taps = size * size * grid.length, padded = core.window(this.value, step).filter((cell) => cell === null).length;
    const what = kernel ? `takes ${taps} multiplications, ${taps * this.last} in all` : `is the ${mode === "pool" ? "largest" : "mean"} of ${taps} values`;
    const told = mode === "back" ? this.sayBack(sent.flat(), step) : `Each of the ${this.last} outputs ${what}.`;
    return told + (padding ? ` Padding under this window: ${padded} of ${size * size} cells, read as ${mode === "pool" ? "−∞, which never wins" : "0"}.` : "");
  }

  sayBack(sent, step) {
    const g = signed(sent[step - 1]), bias = signed(sent.slice(0, step).reduce((sum, one) => sum + one, 0));
    return `Output ${step} sends its gradient ${g} back: ${g}\u00a0×\u00a0the kernel is added to the cells of its window, ${g}\u00a0×\u00a0the window to the weights, and ${g} to the bias, which has ${bias} by now.`;
  }

  get readout() {
    const [inputs, weights] = [this.inputs, this.weights].map((boards) => boards.map((board) => this.stand(board)));
    const [output, sent, ...back] = [this.output, this.sent, this.toInput, this.toKernel].map((board) => this.stand(board));
    const grid = inputs[0], edge = (grid.side - Math.sqrt(grid.own.length)) / 2, sentence = this.sentence.textContent, at = sent ?? output;
    const flat = (boards) => boards.flatMap((board) => board?.own ?? []);
    return {
      mode: this.live.querySelector("select").value, grid: flat(inputs), kernel: weights[0] && flat(weights), bias: +this.bias.input.value,
      step: at.i * at.side + at.j + 1, steps: at.side ** 2, corner: [grid.i - edge, grid.j - edge], size: grid.k, padded: +(/window: (\d+)/.exec(sentence)?.[1] ?? 0),
      sum: this.calc.textContent, parts: [...this.lines.children].map((line) => line.textContent), outputs: at.texts,
      back: sent && back.map(({ texts }) => texts.map(number)), sums: [...this.table.body.rows].map((row) => `${row.cells[1].textContent} ${row.cells[2].textContent}`),
      multiplications: /takes (\d+)\D+(\d+)/.exec(sentence)?.slice(1).map(Number) ?? null,
    };
  }

  /** What a board shows, or null where it is hidden. */
  stand({ square, el }) {
    if (el.hidden) return null;
    const cells = [...square.querySelectorAll("input")], own = cells.filter((cell) => !cell.disabled).map((cell) => number(cell.value));
    const [side, i, j, k] = ["n", "i", "j", "k"].map((name) => +square.parentElement.style.getPropertyValue(`--${name}`));
    return { texts: cells.map((cell) => cell.value), own, side, i, j, k };
  }
}

customElements.define("cn-stepper", Stepper);
