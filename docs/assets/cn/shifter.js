// <cn-shifter>: a cat that moves, and how far its feature map and its pooled map are from moving along.
import { h, set, table, write } from "./dom.js";
import { Interactive } from "./element.js";
import { map, paint, painted } from "./maps.js";
import * as core from "./shifter-core.js";

const { SIDE, MOST } = core;
const KERNELS = [["edge", "outline"], ["rise", "rising edge"], ["blur", "blur"], ["same", "none"]];
const NAMES = ["image", "feature map", "pooled map", "what is left over"];
const way = (n, plus, minus) => (n ? `${Math.abs(n)} ${n > 0 ? plus : minus}` : "");

class Shifter extends Interactive {
  static core = core;

  build() {
    const nudge = (x, y) => this.to(this.value.right + x, this.value.down + y);
    this.maps = NAMES.map((name, at) => map(name, at ? null : "Cat: arrow keys move it", nudge));
    const [image] = this.maps;
    image.el.className = "cn-plain";
    image.svg.addEventListener("pointerdown", ({ offsetX: x, offsetY: y }) => (this.grip = { x, y, ...this.value }));
    this.drag(image.svg, (...hand) => this.pull(...hand));
    const stage = h("div", { class: "cn-stage cn-maps" }, ...this.maps.map(({ el }) => el));
    this.table = table("The maps before and after the move", ["Map", "Error", "Same", "Largest", "Mean"]);
    return [this.presets(this.data.presets), h("div", {}, stage), this.dials(), this.controls()];
  }

  dials() {
    const names = [
      ["equivariance error", "what is left over, as a share of the old pooled map"],
      ["of pooled cells unchanged", "of those that are not zero before or after"],
      ["change of the largest value", "what a global maximum would notice"],
    ];
    this.meters = names.map(([name, meaning]) => {
      const number = h("b"), bar = h("i");
      return { number, bar, el: h("div", { class: "cn-meter" }, number, h("span", { class: "cn-track" }, bar), h("span", {}, name), h("small", {}, meaning)) };
    });
    return h("div", { class: "cn-meters" }, ...this.meters.map(({ el }) => el));
  }

  controls() {
    const move = (label, name, plus, minus) =>
      this.slider(label, { min: -MOST, max: MOST }, (value) => value[name], (to) => this.change({ [name]: to }), (n) => way(n, plus, minus) || "0");
    const sizes = [1, 2, 3, 4].map((n) => [n, n === 1 ? "none" : `max ${n}×${n}`]);
    return h("div", { class: "cn-controls cn-two" }, move("Across", "right", "right", "left"), move("Down", "down", "down", "up"),
      h("div", { class: "cn-row" },
        this.choice("Kernel", () => KERNELS, ({ kernel }) => kernel, (kernel) => this.change({ kernel })),
        this.choice("Pool", () => sizes, ({ size }) => size, (size) => this.change({ size: +size })),
        this.choice("Stride", () => [1, 2, 4].map((n) => [n, n]), ({ stride }) => stride, (stride) => this.change({ stride: +stride })),
        this.toggle("Smooth first", ({ smooth }) => smooth, (smooth) => this.change({ smooth })),
        this.toggle("Wrap around", ({ wrap }) => wrap, (wrap) => this.change({ wrap }))));
  }

  to(right, down) {
    const kept = [right, down].map((step) => Math.max(-MOST, Math.min(MOST, step)) || 0);
    if (kept[0] !== this.value.right || kept[1] !== this.value.down) this.change({ right: kept[0], down: kept[1] });
  }

  /** The cat follows the hand that holds it; its middle goes where a finger taps. */
  pull(x, y, tapped) {
    const wide = this.maps[0].svg.clientWidth, px = wide / SIDE;
    const grip = tapped ? { x: wide / 2, y: wide / 2, right: 0, down: 0 } : this.grip;
    this.to(grip.right + Math.round((x - grip.x) / px), grip.down + Math.round((y - grip.y) / px));
  }

  show(value) {
    const found = core.measure(value, this.data), rows = found.maps.map(core.row), [, pooled] = found.maps;
    core.shades(found).forEach((shades, at) => {
      const n = Math.sqrt(shades.length);
      set(this.maps[at].svg, { viewBox: `0 0 ${n} ${n}` });
      paint(this.maps[at].group, shades, n);
    });
    write(this.maps[3].el.lastChild, rows[1][0] === "0\u00a0%" ? "nothing left over" : NAMES[3]);
    const [feature, pool] = rows, dials = [pool[0], pool[1], core.change(pooled)];
    dials.forEach((text, at) => {
      write(this.meters[at].number, text);
      this.meters[at].bar.style.width = `${Math.min(100, parseFloat(text))}%`;
    });
    this.table.show([["Feature", ...feature], ["Pooled", ...pool]]);
    return this.say(value, feature, pool);
  }

  say({ right, down }, feature, pool) {
    const steps = [way(right, "right", "left"), way(down, "down", "up")].filter(Boolean).join(", ");
    if (!steps) return "The cat is where it was. Move it, and see what moves along.";
    const follows = (error) => (error === "0\u00a0%" ? "moves along exactly" : `is not its old self moved along: ${error} is left over`);
    return `Moved by ${steps}: the feature map ${follows(feature[0])}; the pooled map ${follows(pool[0])}, and ${pool[1]} of its cells hold the same value as before.`;
  }

  get readout() {
    const rows = [...this.table.body.rows].map((row) => [...row.cells].slice(1).map((cell) => cell.textContent));
    const [right, down] = [...this.live.querySelectorAll("input[type=range]")].map((input) => +input.value);
    const maps = this.maps.map(({ svg, group }) => painted(group, svg.viewBox.baseVal.width));
    const names = ["image", "features", "pooled", "missing"];
    return { right, down, meters: this.meters.map(({ number }) => number.textContent), rows, maps: Object.fromEntries(names.map((name, at) => [name, maps[at]])) };
  }
}

customElements.define("cn-shifter", Shifter);
