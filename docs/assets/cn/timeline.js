// <cn-timeline>: published networks on two axes to choose; errors compared within one protocol, others marked as such.
import { each, h, r2, s, set, table, write } from "./dom.js";
import { Interactive } from "./element.js";
import * as core from "./timeline-core.js";

const LEFT = 48, RIGHT = 10, TOP = 24, FOOT = 40;
const SIDES = [[8, 4, 0], [-8, 4, 1], [0, -9, 0.5], [0, 17, 0.5], [6, -7, 0], [-6, -7, 1], [6, 15, 0], [-6, 15, 1]]; // dx, dy, share to the left
const meets = (a, b) => a[0] < b[2] && b[0] < a[2] && a[1] < b[3] && b[1] < a[3];

class Timeline extends Interactive {
  static core = core;

  build() {
    const { names, families, protocols, years, presets } = this.data;
    [this.dots, this.ticks, this.labels] = [0, 0, 0].map(() => s("g"));
    [this.rules, this.line] = ["cn-rule", "cn-join"].map((kind) => s("path", { class: kind }));
    this.stage = s("svg", { class: "cn-stage", "aria-hidden": "true" }, this.rules, this.line, this.dots, this.ticks, this.labels);
    this.pen = document.createElement("canvas").getContext("2d");
    this.pen.font = `650 12px ${getComputedStyle(this).getPropertyValue("--cn-sans")}`;
    this.source = this.querySelector("a[href*='references']").href.split("#")[0];
    this.table = table("The networks shown", ["Network", "Year", "#Parameters", "#MACs", "#Top-5 error", "Protocol", "Source"]);
    const choice = (label, key, options, more) => this.choice(label, options, (value) => value[key], (to) => this.change({ [key]: to, ...more?.(to) }));
    const toggle = (label, key) => this.toggle(label, (value) => value[key], (on) => this.change({ [key]: on }));
    const but = (one, other) => Object.entries(names).filter(([key]) => key !== one && key !== other), row = (...all) => h("div", { class: "cn-row" }, ...all);
    const log = toggle("Log across", "xLog");
    this.log = log.firstChild;
    return [this.presets(presets), h("div", {}, this.stage),
      h("div", { class: "cn-controls" },
        row(choice("Up", "y", ({ x }) => but("year", x), (y) => ({ yLog: y !== "error" })), toggle("Log up", "yLog"),
          choice("Across", "x", ({ y }) => but("error", y), () => ({ xLog: true })), log),
        row(choice("Family", "family", () => [["", "all"], ...Object.entries(families)]), choice("Errors by", "protocol", () => Object.entries(protocols)), toggle("Others as rings", "every")),
        this.slider("Up to", { min: 0, max: years.length - 1 }, ({ to }) => years.indexOf(to), (at) => this.change({ to: years[at] }), (at) => String(years[at])))];
  }

  show(value) {
    const { y, protocol, every, to } = value, shown = core.layout(value, this.data), { points, rows } = shown;
    this.log.disabled = value.x === "year";
    this.draw(y === "error", this.data.names[value.x], this.data.names[y], shown);
    this.table.show(rows);
    for (const { lastChild: cell } of this.table.body.rows)
      if (!cell.firstElementChild) cell.replaceChildren(h("a", { href: `${this.source}#${cell.textContent}` }, cell.textContent));
    if (!rows.length) return `Of this family there is no network up to ${to}.`;
    if (y === "error") {
      const same = points.filter((point) => point.same).length, none = rows.filter((row) => row[4] === "–").length;
      return `Top-5 errors on the validation set, ${this.data.protocols[protocol]}: ${same}. Measured otherwise, in brackets${every ? " and as rings" : ""}, not to be compared: ${rows.length - same - none}. None quoted: ${none}.`;
    }
    const order = [...points.keys()].sort((a, b) => points[a].y - points[b].y), said = (i) => `${rows[i][y === "macs" ? 3 : 2]} (${rows[i][0]})`;
    return `Networks: ${rows.length}. Their ${this.data.names[y]}: ${said(order[0])} to ${said(order.at(-1))}.`;
  }

  draw(error, below, beside, { across, up, points, missing, joined }) {
    const wide = this.wide, high = wide < 500 ? 320 : 400, floor = high - FOOT, foot = floor - (error ? 22 : 0), right = wide - RIGHT;
    const px = (at) => LEFT + (at / 1e4) * (right - LEFT), py = (at) => foot - (at / 1e4) * (foot - TOP);
    this.at = [(x) => Math.round(((x - LEFT) / (right - LEFT)) * 1e4), (y) => Math.round(((foot - y) / (foot - TOP)) * 1e4)];
    set(this.stage, { width: wide, height: high, viewBox: `0 0 ${wide} ${high}` });
    const ticks = [[0, 12, beside, "start"], [right, high - 3, below, "end"], [LEFT - 7, floor - 6, error ? "none" : "", "end"]];
    let rules = `M${LEFT} ${floor}H${right}`, end = 0;
    for (const [at, name] of up.ticks) {
      const y = py(core.place(up, at));
      rules += `M${LEFT} ${r2(y)}H${right}`;
      ticks.push([LEFT - 7, y + 4, name, "end"]);
    }
    for (const [at, name] of across.ticks) {
      const x = px(core.place(across, at)), half = this.pen.measureText(name).width / 2;
      rules += `M${r2(x)} ${floor}v5`;
      if (x - half < end || x + half > wide) continue;
      end = x + half + 3;
      ticks.push([x, floor + 18, name, "middle"]);
    }
    if (below === this.data.names.year) { // the axis leaves out the years between 1998 and 2012
      const x = px(core.place(across, this.data.cut));
      rules += `M${r2(x - 6)} ${floor + 5}l6 -10M${r2(x)} ${floor + 5}l6 -10`;
    }
    set(this.rules, { d: rules });
    each(this.ticks, ticks, () => s("text"), (el, [x, y, text, anchor]) => write(set(el, { x: r2(x), y: r2(y), "text-anchor": anchor }), text));
    const spot = ([x, y]) => `${px(x).toFixed(3)} ${py(y).toFixed(3)}`;
    set(this.line, { d: joined.map((line) => "M" + line.map(spot).join("L")).join("") });
    each(this.dots, [...points, ...missing], () => s("circle", { r: 4.5 }, s("title")), (el, { name, x, y, same }) => {
      set(el, { cx: px(x).toFixed(3), cy: y == null ? floor - 10 : py(y).toFixed(3), class: y == null ? "cn-none" : same ? "cn-dot" : "cn-other" });
      write(el.firstChild, name);
    });
    this.name(points.map(({ name, x, y }) => [px(x), py(y), name]), wide, foot);
  }

  /** A name beside each point that has room for one: it covers no point and no other name; first and last of a family choose first. */
  name(points, wide, foot) {
    const taken = points.map(([x, y]) => [x - 5, y - 5, x + 5, y + 5]), labels = [];
    const family = (i) => /[a-z]{3,}/i.exec(points[i]?.[2])?.[0], ends = (i) => (family(i) !== family(i - 1)) + (family(i) !== family(i + 1));
    for (const own of [...points.keys()].sort((a, b) => ends(b) - ends(a))) {
      const [x, y, name] = points[own], size = this.pen.measureText(name).width;
      for (const [dx, dy, left] of SIDES) {
        const from = x + dx - left * size, base = y + dy, box = [from - 2, base - 11, from + size + 2, base + 3];
        if (box[0] < LEFT || box[2] > wide || box[1] < TOP - 8 || box[3] > foot || taken.some((other, i) => i !== own && meets(box, other))) continue;
        taken.push(box);
        labels.push([from, base, name]);
        break;
      }
    }
    each(this.labels, labels, () => s("text", { class: "cn-name" }), (el, [x, y, text]) => write(set(el, { x: r2(x), y: r2(y) }), text));
  }

  get readout() {
    const [x, y] = this.at, [up, across] = this.ticks.children, text = (el) => el.textContent, get = (el, name) => el.getAttribute(name);
    const dots = [...this.dots.children].map((el) => ({ name: text(el), x: x(get(el, "cx")), y: y(get(el, "cy")), kind: get(el, "class") }));
    return {
      up: text(up), across: text(across), missing: dots.filter(({ kind }) => kind === "cn-none").map(({ name, x }) => ({ name, x })),
      points: dots.filter(({ kind }) => kind !== "cn-none").map(({ kind, ...point }) => ({ ...point, same: kind === "cn-dot" })),
      joined: get(this.line, "d").split("M").slice(1).map((line) => line.split("L").map((spot) => spot.split(" ")).map(([a, b]) => [x(a), y(b)])),
      rows: [...this.table.body.rows].map(({ cells }) => [...cells].map(text)),
    };
  }
}

customElements.define("cn-timeline", Timeline);
