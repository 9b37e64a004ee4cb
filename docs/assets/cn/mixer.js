// <cn-mixer>: a 1×1 convolution from red, green and blue to two outputs, and its product with one pixel written out.
import { each, h, s, set, table, write } from "./dom.js";
import { Interactive } from "./element.js";
import * as core from "./mixer-core.js";
import { decimal, paint, painted } from "./signed.js";

const { SIDE } = core;
const CHANNELS = ["Red", "Green", "Blue"], NAMES = ["image", "output 1", "output 2"];
const LETTERS = "hgfedcba.ABCDEFGH";

class Mixer extends Interactive {
  static core = core;

  build() {
    this.maps = NAMES.map((name, at) => this.map(name, at));
    const [image] = this.maps;
    set(image.svg, { class: "cn-map cn-move", tabindex: 0, role: "application", "aria-label": "Image: arrow keys choose the pixel" });
    image.svg.addEventListener("keydown", (event) => this.nudge(event));
    this.maps.forEach(({ svg }) => this.drag(svg, (x, y) => this.pick(x, y, svg.clientWidth / SIDE)));
    this.lines = [0, 1].map(() => h("p", { class: "cn-calc" }));
    this.table = table("The products and their sums", ["Values", "#Red", "#Green", "#Blue", "#Bias", "#Output"]);
    return [this.presets(this.data.presets, (state) => state.replace(/(_[xy]\d)*(_r)?(_n)?$/, "$2")),
      h("div", {}, h("div", { class: "cn-stage cn-maps cn-three" }, ...this.maps.map(({ el }) => el))), ...this.lines, this.controls()];
  }

  map(name, at) {
    const group = s("g"), frame = s("g", { class: "cn-at" }, ...["", "cn-ring"].map((kind) => s("rect", { class: kind || null, width: 1, height: 1 })));
    const svg = s("svg", { class: "cn-map", viewBox: `0 0 ${SIDE} ${SIDE}`, "aria-hidden": at ? "true" : null, "shape-rendering": "crispEdges" }, group, frame);
    return { group, frame, svg, el: h("figure", {}, svg, h("figcaption", {}, name)) };
  }

  controls() {
    const hundredth = (n) => decimal(n, 100), put = (list, at, to) => list.map((old, i) => (i === at ? to : old));
    const sliders = [0, 1].map((out) => h("div", { class: "cn-recipe", role: "group", "aria-label": `output ${out + 1}` },
      ...CHANNELS.map((channel, at) => this.slider(`${channel} ${out + 1}`, { min: -100, max: 100 }, ({ weights }) => weights[out][at],
        (to) => this.change({ weights: put(this.value.weights, out, put(this.value.weights[out], at, to)) }), hundredth)),
      this.slider(`Bias ${out + 1}`, { min: -255, max: 255 }, ({ bias }) => bias[out], (to) => this.change({ bias: put(this.value.bias, out, to) }), (n) => decimal(n))));
    return h("div", { class: "cn-controls cn-two" }, ...sliders, h("div", { class: "cn-row" },
      this.toggle("ReLU", ({ relu }) => relu, (relu) => this.change({ relu })),
      this.toggle("Invert all other pixels", ({ others }) => others, (others) => this.change({ others }))));
  }

  to(x, y) {
    const [column, row] = [x, y].map((place) => Math.max(0, Math.min(SIDE - 1, place)));
    if (column !== this.value.x || row !== this.value.y) this.change({ x: column, y: row });
  }

  pick(x, y, px) {
    this.to(Math.floor(x / px), Math.floor(y / px));
  }

  nudge(event) {
    const step = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
    if (!step) return;
    event.preventDefault();
    this.to(this.value.x + step[0], this.value.y + step[1]);
  }

  show(value) {
    const seen = core.pixels(value, this.data), outputs = core.mixed(value, seen), at = value.y * SIDE + value.x;
    each(this.maps[0].group, seen, () => s("rect", { width: 1, height: 1 }), (cell, pixel, place) =>
      set(cell, { x: place % SIDE, y: Math.floor(place / SIDE), fill: `rgb(${pixel})` }));
    outputs.forEach((map, out) => paint(this.maps[out + 1].group, core.shades(map), SIDE));
    this.maps.forEach(({ frame }) => set(frame, { transform: `translate(${value.x} ${value.y})` }));
    core.written(value, seen).forEach((line, out) => write(this.lines[out], line));
    const products = (out) => value.weights[out].map((weight, channel) => decimal(weight * seen[at][channel], 100));
    this.table.show([["pixel", ...seen[at], "", ""], ...outputs.map((map, out) => [`output ${out + 1}`, ...products(out), decimal(value.bias[out]), decimal(map[at], 100)])]);
    return this.say(value, outputs);
  }

  say(value, outputs) {
    const count = "6 weights and 2 biases, however large the picture: every pixel has the same.";
    if (!value.others) return count;
    const usual = core.mixed(value, this.data.picture);
    return `Every pixel but one is inverted: the outputs of ${core.touched(outputs, usual)} of 64 have changed, and the outputs of this one have not. No neighbour takes part.`;
  }

  get readout() {
    const [image, ...outputs] = this.maps;
    const places = [...this.live.querySelectorAll("input[type=range]")].map((input) => +input.value);
    const at = image.frame.getAttribute("transform").match(/\d/g).map(Number);
    const [, ...products] = [...this.table.body.rows].map((row) => [...row.cells].slice(1).map((cell) => cell.textContent));
    const pixel = image.group.children[at[1] * SIDE + at[0]].getAttribute("fill").match(/\d+/g).map(Number);
    return {
      weights: [places.slice(0, 3), places.slice(4, 7)], bias: [places[3], places[7]], pixel, at,
      lines: this.lines.map((line) => line.textContent), products,
      maps: outputs.map(({ group }) => painted(group, SIDE * SIDE, SIDE).map((level) => LETTERS[level + 8]).join("")),
      touched: /of (\d+) of 64/.exec(this.sentence.textContent)?.slice(1).map(Number)[0] ?? null,
    };
  }
}

customElements.define("cn-mixer", Mixer);
