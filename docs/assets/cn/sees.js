// <cn-sees>: a photograph, what a unit of a real network can read of it, and how much each pixel counts.
import { h, s, set, table } from "./dom.js";
import { Interactive } from "./element.js";
import { map } from "./maps.js";
import * as core from "./sees-core.js";

const { STEP } = core;
const box = ([x, y, size]) => ({ x, y, width: size, height: size });
const numbers = (el) => ["x", "y", "width"].map((name) => +el.getAttribute(name));

class Sees extends Interactive {
  static core = core;

  build() {
    const { side } = this.data, nudge = (x, y) => this.to(this.value.x + x * STEP, this.value.y + y * STEP);
    this.files = [...this.querySelectorAll(".cn-files img")].map((file) => file.src);
    const photo = () => s("image", { href: this.files[0], width: side, height: side });
    this.left = map("the photograph, and the field", "Place of the unit: arrow keys move it", nudge);
    this.right = map("the field: brighter = counts more");
    set(this.left.svg, { viewBox: `0 0 ${side} ${side}`, "shape-rendering": null });
    this.cover = s("path", { class: "cn-shade", "fill-rule": "evenodd" });
    this.marks = [this.left, this.right].map(() => ({ field: s("rect", { class: "cn-field" }), square: s("rect", { class: "cn-inner" }) }));
    this.dot = s("circle", { class: "cn-eye", r: 3 });
    this.left.group.append(photo(), this.cover, this.marks[0].square, this.marks[0].field, this.dot);
    this.sprite = s("image");
    this.tile = s("svg", { class: "cn-glow", preserveAspectRatio: "none" }, this.sprite);
    this.off = s("rect", { class: "cn-outside" });
    this.right.group.append(this.off, photo(), this.tile, this.marks[1].square);
    this.drag(this.left.svg, (x, y) => {
      const px = this.left.svg.clientWidth / side;
      this.to(x / px, y / px);
    });
    this.table = table("The same place in every block", ["Block", "#Field", "#On the photo", "#Holds 90 %", "#Noise outside field", "#Grey outside square", "#Grey in it"]);
    const blocks = this.data.blocks.map(({ block }) => block), most = Math.floor((side - 1) / STEP);
    const along = (label, name) => this.slider(label, { min: 0, max: most }, (value) => value[name] / STEP, (to) => this.change({ [name]: to * STEP }), (to) => `${to * STEP} px`);
    return [this.presets(this.data.presets), h("div", {}, h("div", { class: "cn-stage cn-maps cn-both" }, this.left.el, this.right.el)),
      h("div", { class: "cn-controls" },
        this.slider("Block", { min: 0, max: blocks.length - 1 }, (value) => blocks.indexOf(value.block), (to) => this.change({ block: blocks[to] }), (to) => `${blocks[to]}`),
        along("Across", "x"), along("Down", "y"), this.toggle("Random weights", ({ random }) => random, (random) => this.change({ random })))];
  }

  to(x, y) {
    const kept = [x, y].map((at) => Math.max(0, Math.min(Math.floor((this.data.side - 1) / STEP), Math.round(at / STEP))) * STEP);
    if (kept[0] !== this.value.x || kept[1] !== this.value.y) this.change({ x: kept[0], y: kept[1] });
  }

  show(value) {
    const { side, small } = this.data, kept = core.of(value, this.data), at = core.place(value, this.data);
    const field = core.square(value, kept.field), inner = core.square(value, kept.sides[at]), rows = core.rows(value, this.data);
    this.marks.forEach(({ field: outer, square }) => (set(outer, box(field)), set(square, box(inner))));
    set(this.cover, { d: `M0 0h${side}v${side}H0zM${field[0]} ${field[1]}h${field[2]}v${field[2]}h${-field[2]}z` });
    set(this.dot, { cx: value.x, cy: value.y });
    set(this.right.svg, { viewBox: field.join(" ").replace(/(\S+)$/, "$1 $1") });
    set(this.off, box(field));
    const columns = Math.floor((side - 1) / STEP) + 1, whole = kept.field <= small, tile = whole ? kept.field : side / 3;
    set(this.tile, { ...box(whole ? field : [0, 0, side]), viewBox: `${(at % columns) * tile} ${Math.floor(at / columns) * tile} ${tile} ${tile}` });
    set(this.sprite, { href: this.files[core.file(value, this.data)], width: columns * tile, height: columns * tile });
    this.at = at;
    this.table.show(rows.map((row, n) => [this.data.blocks[n].block, ...row]));
    const [, shown, , noise, outer, lost] = rows[this.data.blocks.findIndex(({ block }) => block === value.block)];
    const off = noise === "–" ? "No pixel of the photograph lies outside its field." : `Noise on every pixel outside its field changes it by exactly ${noise}.`;
    const whose = value.random ? "With random weights, a unit" : "A unit";
    return `${whose} of block ${value.block} can read ${kept.field}×${kept.field} pixels, ${shown} of them on the photograph. Nine tenths of its squared derivative lie in the middle ${kept.sides[at]}×${kept.sides[at]}, dashed. ${off} Grey outside the dashed square changes it by ${outer}, grey in it by ${lost}.`;
  }

  get readout() {
    const rows = [...this.table.body.rows].map((row) => [...row.cells].slice(1).map((cell) => cell.textContent));
    const columns = Math.floor((this.data.side - 1) / STEP) + 1, [x, y, tile] = this.tile.getAttribute("viewBox").split(" ").map(Number);
    return { field: numbers(this.marks[0].field), square: numbers(this.marks[1].square), tile: Math.round(y / tile) * columns + Math.round(x / tile), file: this.files.indexOf(this.sprite.getAttribute("href")), rows };
  }
}

customElements.define("cn-sees", Sees);
