// <cn-params>: designs that lead from C channels to C and see equally far, as squares of the size of what they cost.
import { each, h, r2, s, set, table, write } from "./dom.js";
import { Interactive } from "./element.js";
import * as core from "./params-core.js";

const count = (n) => Math.round(n).toLocaleString("en");
const short = (n) => (n >= 1e9 ? (n / 1e9).toPrecision(3) + " G" : n >= 1e6 ? (n / 1e6).toPrecision(3) + " M" : n >= 1e4 ? (n / 1e3).toPrecision(3) + " k" : count(n));

class Params extends Interactive {
  static core = core;

  build() {
    this.squares = s("g");
    this.labels = s("g");
    this.stage = s("svg", { class: "cn-stage", "aria-hidden": "true" }, this.squares, this.labels);
    this.table = table("What each design costs", ["Design", "#Parameters", "#MACs", "#Activations"]);
    const double = (label, name, most) =>
      this.slider(label, { min: name === "c" ? 4 : 0, max: most }, (value) => Math.log2(value[name]), (to) => this.change({ [name]: 2 ** to }), (to) => String(2 ** to));
    const sides = ({ n }) => [...new Set([7, 14, 28, 56, 112, 224, n])].sort((a, b) => a - b).map((n) => [n, `${n}×${n}`]);
    const groups = double("Groups", "g", 10);
    this.groups = groups.input;
    return [this.presets(this.data.presets), h("div", {}, this.stage),
      h("div", { class: "cn-controls" }, this.slider("Channels", { min: 4, max: 10 }, ({ c }) => Math.log2(c), (to) => this.channels(2 ** to), (to) => String(2 ** to)),
        this.slider("Kernel", { min: 1, max: 5 }, ({ k }) => (k - 1) / 2, (to) => this.change({ k: 2 * to + 1 }), (to) => `${2 * to + 1}×${2 * to + 1}`),
        double("Reduction", "r", 4), groups,
        this.choice("Map", sides, ({ n }) => n, (n) => this.change({ n: +n })), this.toggle("Biases", ({ bias }) => bias, (bias) => this.change({ bias })))];
  }

  /** Other channels; the groups stay as usual, or as they are if that is possible. */
  channels(c) {
    const { c: before, g } = this.value;
    this.change({ c, g: g === Math.min(32, before) ? Math.min(32, c) : Math.min(g, c) });
  }

  show(value) {
    const rows = core.costs(value), [one, stack] = rows;
    set(this.groups, { max: Math.log2(value.c) });
    this.draw(rows);
    this.table.show(rows.map((row) => [row.name, count(row.parameters), count(row.macs), count(row.activations)]));
    const least = rows.reduce((a, b) => (b.parameters < a.parameters ? b : a)), saved = one.parameters - stack.parameters;
    return `All see ${one.field}×${one.field}. ` +
      (saved ? `Stacked 3×3 layers save ${count(saved)} of ${count(one.parameters)} parameters (${((100 * saved) / one.parameters).toFixed(1)}\u00a0%) and write ${stack.activations / one.activations} times the activations. ` : "") +
      (least === one ? "" : `The first has ${(one.parameters / least.parameters).toFixed(1)} times as many as the ${least.name} design. `) +
      `A dense layer between the same maps would have ${count(core.dense(value))} weights.`;
  }

  /** A square for each design; its area is to the first's as their parameters are. */
  draw(rows) {
    const most = Math.max(...rows.map((row) => row.parameters)), small = this.wide < 500;
    const across = small ? 3 : 5, slot = this.wide / across, top = Math.min(small ? 84 : 130, slot - 12), pitch = top + 46;
    const lines = Math.ceil(rows.length / across), high = lines * pitch + 4;
    set(this.stage, { width: this.wide, height: high, viewBox: `0 0 ${this.wide} ${r2(high)}` });
    const labels = [], make = (name) => () => s(name);
    each(this.squares, rows, make("rect"), (rect, row, i) => {
      const side = Math.sqrt(row.parameters / most) * top, foot = Math.floor(i / across) * pitch + top + 4;
      const line = Math.floor(i / across), here = Math.min(across, rows.length - line * across);
      const x = ((i % across) + 0.5) * slot + (slot * (across - here)) / 2;
      set(rect, { x: (x - side / 2).toFixed(3), y: (foot - side).toFixed(3), width: side.toFixed(3), height: side.toFixed(3), class: i ? "cn-on" : "cn-top" });
      labels.push([x, foot + 17, row.name, "cn-name"], [x, foot + 33, short(row.parameters), null]);
    });
    each(this.labels, labels, make("text"), (el, [x, y, text, kind]) => write(set(el, { x: r2(x), y: r2(y), "text-anchor": "middle", class: kind }), text));
  }

  get readout() {
    const number = (text) => +text.replaceAll(",", ""), sides = [...this.squares.children].map((rect) => +rect.getAttribute("width"));
    const designs = [...this.table.body.rows].map(({ cells: [name, parameters, macs, activations] }) => ({
      name: name.textContent, field: +/see (\d+)/.exec(this.sentence.textContent)[1], parameters: number(parameters.textContent),
      macs: number(macs.textContent), activations: number(activations.textContent),
    }));
    const area = sides.map((side) => (side / Math.max(...sides)) ** 2), most = Math.max(...designs.map((row) => row.parameters));
    return { designs, dense: number(/have ([\d,]+)/.exec(this.sentence.textContent)[1]),
      true: designs.every((row, i) => Math.abs(area[i] * most - row.parameters) <= 0.005 * row.parameters + 1) };
  }
}

customElements.define("cn-params", Params);
