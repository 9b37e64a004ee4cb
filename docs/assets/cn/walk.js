// <cn-walk>: a network that reads a digit, all its maps at once, and one unit of it down to a single multiplication.
import { button, each, h, set, table, write } from "./dom.js";
import { addressed, Interactive } from "./element.js";
import * as core from "./walk-core.js";
import { arrange, Painter } from "./walk-paint.js";

const { SIDE, PATCH } = core;
const TOOLS = [["draw", "Draw"], ["erase", "Erase"], ["cover", "Cover"]];
const KEYS = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };
const MOST = 20e6, PIXELS = 50e6; // bytes of a picture file; its pixels, of which each takes four bytes here
const bounded = (value, most) => Math.max(0, Math.min(most, value));
const percent = (share) => `${share >= 0.9995 ? ">99.9" : (100 * share).toFixed(share >= 0.0995 && share < 0.9 ? 0 : 1)}\u00a0%`;
const num = (value) => value === 0 ? "0" : value.toFixed(Math.abs(value) < 10 ? 2 : 1).replace(/^-(?=[0.]*$)/, "").replace("-", "−");
const factor = (value) => (value < 0 ? `(${num(value)})` : num(value));
const an = (digit) => `${digit === 8 ? "an" : "a"} ${digit}`;
const ordered = (shares) => [...shares.keys()].sort((a, b) => shares[b] - shares[a]);

class Walk extends Interactive {
  static core = core;

  /** A drawing is never sent. */
  get secret() {
    return Boolean(this.value?.drawing);
  }

  /** The figure is shown until the element comes near the screen, or at once if the address leads to it; then the network is fetched. */
  connectedCallback() {
    if (this.net) return super.connectedCallback();
    if (addressed(this.getAttribute("key")) !== null) return this.fetch();
    this.near = new IntersectionObserver((seen) => seen.some(({ isIntersecting }) => isIntersecting) && this.fetch(), { rootMargin: "600px" });
    this.near.observe(this);
  }

  async fetch() {
    this.near?.disconnect();
    this.net = core.unpack(await import("./walk-network.js"), JSON.parse(this.dataset.given).layers);
    if (this.isConnected) super.connectedCallback();
    if (this.waiting) this.draw(this.waiting);
  }

  disconnectedCallback() {
    this.near?.disconnect();
    this.themes?.disconnect();
    if (this.live) super.disconnectedCallback();
  }

  build() {
    this.tool = "draw";
    this.pen = [SIDE / 2, SIDE / 2];
    this.canvas = h("canvas", { "aria-hidden": "true" });
    this.painter = new Painter(this.canvas, this.net, this);
    this.sheet = this.surface("cn-paper-hit cn-move", "Picture: arrow keys move the pen, space uses it");
    this.maps = this.surface("cn-maps-hit", "Maps: arrow keys move the unit, page up and page down change the layer");
    this.hold(this.sheet, (x, y, first) => this.use([y * SIDE, x * SIDE], first));
    this.sheet.addEventListener("keydown", (event) => this.steer(event));
    this.sheet.addEventListener("focus", () => this.paint());
    this.sheet.addEventListener("blur", () => this.paint());
    this.drag(this.maps, (x, y) => this.pick(x, y));
    this.maps.addEventListener("keydown", (event) => this.roam(event));
    this.answers = h("ol", { class: "cn-answers", start: 0 });
    this.drag(this.answers, (_, y) => this.choose({ layer: this.data.layers.length - 1, channel: bounded(Math.floor((10 * y) / this.answers.clientHeight), 9), row: 0, column: 0 }));
    this.labels = h("div", { class: "cn-labels", "aria-hidden": "true" });
    this.stage = h("div", { class: "cn-stage cn-floor" }, this.canvas, this.labels, this.sheet, this.maps, this.answers, this.pens());
    this.works = h("canvas", { class: "cn-works", "aria-hidden": "true" });
    this.drag(this.works, (x, y) => this.tap(x, y));
    this.calc = h("p", { class: "cn-calc" });
    this.table = table("What the unit or the answer is made of", ["Part", "#Value"]);
    this.themes = new MutationObserver(() => this.value && this.paint());
    this.themes.observe(document.body, { attributes: true });
    return [this.strip(), this.guide(), h("div", {}, this.stage), this.calc, this.works, this.controls()];
  }

  surface(kind, label) {
    return h("div", { class: kind, tabindex: 0, role: "application", "aria-label": label });
  }

  /** As `drag`, in parts of the surface, and with whether the hand has just come down. */
  hold(el, act) {
    let first = true;
    el.addEventListener("pointerdown", () => (first = true), { capture: true });
    this.drag(el, (x, y) => {
      act(x / el.clientWidth, y / el.clientHeight, first);
      first = false;
    });
  }

  /** The samples, as small pictures to press. */
  strip() {
    const { samples } = this.data, first = core.parse(this.home, this.data).value.sample, rank = (n) => (n === first) * 2 + (samples[n].taken !== samples[n].label);
    const order = [...samples.keys()].sort((a, b) => rank(b) - rank(a) || a - b);
    const chips = order.map((n) => {
      const { label, taken } = samples[n], chip = button("", () => this.change({ sample: n, drawing: null, cover: null }), "cn-thumb");
      const said = taken === label ? `${an(label)}, read as ${taken}` : `${an(label)}, taken for ${an(taken)}`;
      chip.append(this.painter.thumb(n), h("span", { "aria-hidden": "true" }, taken === label ? `${label}` : `${label} → ${taken}`));
      return [set(chip, { "aria-label": said }), n];
    });
    this.follows(() => chips.forEach(([chip, n]) => set(chip, { "aria-pressed": String(this.value.sample === n) })));
    return h("div", { class: "cn-bar cn-strip" }, ...chips.map(([chip]) => chip));
  }

  /** The tour: each step sets the state, and says what to see in it. */
  guide() {
    const { tour } = this.data;
    if (!tour.length) return "";
    const go = (to) => {
      this.at = bounded(to, tour.length - 1);
      this.go(tour[this.at].state);
    };
    this.at = 0;
    this.astray = false;
    this.count = h("span", { class: "cn-count" });
    this.told = h("p", { class: "cn-told" });
    this.back = button("Back", () => go(this.at - 1));
    this.next = button("Next", () => go(this.at + !this.astray), "cn-chip cn-go");
    this.follows(() => {
      const here = tour.findIndex(({ state }) => state === this.state);
      if (this.astray !== here < 0) this.told.style.minHeight = this.astray ? "" : `${this.told.getBoundingClientRect().height}px`; // a hand that draws keeps its paper
      this.astray = here < 0;
      if (!this.astray) this.at = here;
      write(this.count, this.astray ? "Your turn" : this.at ? `${this.at} of ${tour.length - 1}` : "Question");
      write(this.told, this.astray ? this.answered() : tour[this.at].text); // numbers of a step are of its picture alone
      write(this.next, this.astray ? "Back to the tour" : this.at ? "Next" : "Find out");
      this.back.disabled = !this.at;
      this.next.disabled = here === tour.length - 1;
    });
    return h("div", { class: "cn-tour" }, h("div", {}, this.count, this.told), h("div", { class: "cn-pair" }, this.back, this.next));
  }

  /** What a hand on the picture does, and what becomes of the whole picture. */
  pens() {
    const chips = TOOLS.map(([tool, name]) => [button(name, () => this.take(tool)), tool]);
    this.follows(() => chips.forEach(([chip, tool]) => set(chip, { "aria-pressed": String(this.tool === tool) })));
    const file = h("input", { type: "file", accept: "image/*", hidden: true });
    file.addEventListener("change", () => {
      this.open(file.files[0]);
      file.value = "";
    });
    this.addEventListener("dragover", (event) => event.preventDefault());
    this.addEventListener("drop", (event) => {
      event.preventDefault();
      this.open(event.dataTransfer.files[0]);
    });
    const clear = button("Clear", () => this.change({ sample: null, drawing: core.packed(new Array(SIDE * SIDE).fill(0)), cover: null }));
    return h("div", { class: "cn-pens" }, ...chips.map(([chip]) => chip), clear, set(button("Open…", () => file.click()), { "aria-label": "Open a picture" }), file);
  }

  take(tool) {
    this.tool = tool;
    if (tool === "cover" && !this.value.cover) this.change({ cover: [(SIDE - PATCH) >> 1, (SIDE - PATCH) >> 1] });
    else if (tool !== "cover" && this.value.cover) this.change({ cover: null });
    else this.change({});
  }

  controls() {
    const { layers } = this.data, unit = () => this.value.unit ?? { layer: 0, channel: 0, row: 0, column: 0, tap: null };
    const most = { channel: 0, row: 1, column: 2 };
    const place = (name) => (name === "tap" ? this.tapped : unit()[name]);
    const dial = (label, name) => {
      const el = this.slider(label, { min: 0, max: 999 }, () => place(name), (to) => this.choose({ ...unit(), tap: null, [name]: to }), (at) => `${at + (name === "tap")}`);
      this.follows(() => {
        const last = (name === "tap" ? core.taps(layers, unit().layer) : layers[unit().layer].shape[most[name]]) - 1;
        set(el.input, { max: last, disabled: !this.value.unit || last < 1 });
        if (+el.input.value !== place(name)) el.input.value = place(name);
      });
      return el;
    };
    const answers = (name) => () => [["", name], ...this.data.classes.map((digit) => [digit, digit])], given = (text) => (text === "" ? null : +text);
    const scores = [
      this.choice("Gradient of score", answers("none"), ({ of }) => of ?? "", (of) => this.change({ of: given(of), against: of === "" ? null : this.value.against })),
      this.choice("minus score", answers("none"), ({ against }) => against ?? "", (against) => this.change({ of: this.value.of ?? this.best(), against: given(against) }))];
    this.follows(() => scores.forEach((choice) => set(choice, { hidden: this.folded })));
    return h("div", { class: "cn-controls" },
      h("div", { class: "cn-row" },
        this.choice("Unit in", () => [["", "none"], ...layers.map(({ name, shape }, at) => [at, `${name}, ${shape.join("×")}`])], ({ unit }) => unit?.layer ?? "",
          (at) => (at === "" ? this.change({ unit: null }) : this.enter(+at))),
        ...scores, this.data.shown ? this.toggle("Whole network", () => !this.folded, (whole) => this.fold(!whole)) : ""),
      dial("Map", "channel"), dial("Row", "row"), dial("Column", "column"), dial("Product", "tap"));
  }

  /** Whether only the first layers are in view: where a chapter is on those, until the state or the reader goes further. */
  get folded() {
    return Boolean(this.data.shown && !this.unfolded);
  }

  fold(folded) {
    const { unit } = this.value, { shown } = this.data;
    this.unfolded = !folded;
    if (!folded) return this.change({});
    this.change({ unit: unit?.layer >= shown ? core.parse(this.home, this.data).value.unit : unit, of: null, against: null });
  }

  best() {
    return ordered(this.found.probabilities)[0];
  }

  choose(unit) {
    this.change({ unit: { tap: null, ...unit } });
  }

  /** The unit of a layer that lies where the present one lies, as near as may be. */
  enter(layer) {
    const { layers } = this.data, { unit } = this.value, [maps, height, width] = layers[layer].shape;
    if (!unit) return this.choose({ layer, channel: 0, row: height >> 1, column: width >> 1 });
    const [, tall, broad] = layers[unit.layer].shape, place = (at, from, to) => bounded(Math.floor(((at + 0.5) / from) * to), to - 1);
    this.choose({ layer, channel: Math.min(unit.channel, maps - 1), row: place(unit.row, tall, height), column: place(unit.column, broad, width) });
  }

  /** The unit under a point of the stage. */
  pick(x, y) {
    const box = this.plan.maps.find((map) => x >= map.x - 2 && y >= map.y - 2 && x <= map.x + map.width + 2 && y <= map.y + map.height + 2);
    if (!box) return;
    const [, height, width] = this.data.layers[box.layer].shape;
    const row = bounded(Math.floor(((y - box.y) / box.height) * height), height - 1), column = bounded(Math.floor(((x - box.x) / box.width) * width), width - 1);
    const now = this.value.unit;
    if (!now || now.layer !== box.layer || now.channel !== box.channel || now.row !== row || now.column !== column) this.choose({ layer: box.layer, channel: box.channel, row, column });
  }

  /** Arrow keys in the maps. */
  roam(event) {
    const step = KEYS[event.key], turn = { PageUp: -1, PageDown: 1 }[event.key], { layers } = this.data, unit = this.value.unit ?? { layer: 0, channel: 0, row: 0, column: 0 };
    if (!step && !turn) return;
    event.preventDefault();
    if (turn) return this.enter(bounded(unit.layer + turn, layers.length - 1));
    const [, height, width] = layers[unit.layer].shape;
    this.choose({ ...unit, tap: null, row: bounded(unit.row + step[0], height - 1), column: bounded(unit.column + step[1], width - 1) });
  }

  /** Keys on the picture: they move the pen or the patch, and use it. */
  steer(event) {
    const step = KEYS[event.key], uses = event.key === " " || event.key === "Enter" || event.key === "Delete" || event.key === "Backspace";
    if (!step && !uses) return;
    event.preventDefault();
    if (this.tool === "cover" && this.value.cover) {
      if (step) this.change({ cover: this.value.cover.map((at, axis) => bounded(at + step[axis], SIDE - PATCH)) });
      return;
    }
    if (step) this.pen = this.pen.map((at, axis) => bounded(at + step[axis], SIDE - 1));
    if (uses) this.use(this.pen.map((at) => at + 0.5), true, event.key === "Delete" || event.key === "Backspace");
    else this.paint();
  }

  /** Use the tool at a place of the picture, in pixels. */
  use([row, column], first, erase = this.tool === "erase") {
    if (this.tool === "cover" && !erase) {
      const cover = [row, column].map((at) => bounded(Math.round(at - PATCH / 2), SIDE - PATCH));
      if (String(cover) !== String(this.value.cover)) this.change({ cover });
      return;
    }
    const { sample, drawing } = this.value, cells = drawing ? core.levels(drawing) : core.nearest(this.net.samples[sample]);
    const from = first ? [row, column] : this.last, steps = Math.ceil(2 * Math.hypot(row - from[0], column - from[1])) || 1;
    for (let step = 0; step <= steps; step++) core.stroke(cells, from[0] + ((row - from[0]) * step) / steps, from[1] + ((column - from[1]) * step) / steps, erase);
    this.last = [row, column];
    const text = core.packed(cells);
    if (text !== drawing) this.change({ sample: null, drawing: text });
  }

  /** Show a picture of 28×28 numbers from 0, the ground, to 1, the ink. */
  draw(pixels) {
    if (!this.value) return void (this.waiting = pixels);
    const flat = Float64Array.from(Array.from(pixels ?? []).flat());
    if (flat.length !== SIDE * SIDE || !flat.every((pixel) => pixel >= 0 && pixel <= 1))
      return this.tell("A picture is 28×28 numbers from 0 to 1: this one was left out.");
    const drawing = core.packed(core.nearest(flat));
    this.exact = { drawing, flat }; // the address holds sixteen levels, the network reads the numbers as they were given
    this.change({ sample: null, drawing, cover: null });
  }

  /** Read a picture file, here: nothing is sent. */
  async open(file) {
    if (!file) return;
    const reader = await import("./walk-picture.js").catch(() => null);
    if (!reader) return this.tell("The script that reads pictures could not be loaded. Are you offline?");
    try {
      if (file.size > MOST) return this.tell("This file is larger than 20 MB: choose a smaller picture.");
      if ((await reader.claimed(file)) > PIXELS) return this.tell("This picture has more than 50 million pixels: choose a smaller one.");
      const found = reader.fitted(await createImageBitmap(file));
      if (!found) return this.tell("Nothing stands out from the ground of this picture: choose one of a single dark or bright digit.");
      this.change({ sample: null, drawing: core.packed(core.nearest(found)), cover: null });
    } catch {
      this.tell("This file could not be read as a picture: the one before stays.");
    }
  }

  show(value) {
    const { drawing, cover, unit, of, against } = value, { layers } = this.data;
    this.unfolded ||= unit?.layer >= this.data.shown || of !== null;
    if (cover) this.tool = "cover";
    else if (this.tool === "cover") this.tool = "draw";
    const exact = this.exact?.drawing === drawing ? this.exact.flat : null;
    const seen = `${value.sample}${drawing}${cover}`, sought = `${seen} ${of} ${against}`;
    if (this.seen !== seen || exact) {
      this.picture = core.pixels(value, this.net, exact);
      this.found = core.forward(this.net, this.picture);
      this.whole = cover && core.forward(this.net, core.pixels({ ...value, cover: null }, this.net, exact));
    }
    if (this.sought !== sought || exact) this.sent = of === null ? null : core.backward(this.net, this.found, of, against);
    [this.seen, this.sought] = exact ? [null, null] : [seen, sought];
    this.unit = unit && core.unit(this.net, this.found, unit);
    this.cone = unit && core.cone(layers, unit);
    this.taps = unit && core.reads(this.net, this.found, unit);
    this.tapped = unit ? (unit.tap ?? this.taps.reduce((best, { product }, at) => (Math.abs(product) > Math.abs(this.taps[best].product) ? at : best), 0)) : 0;
    this.lay();
    this.paint();
    this.list();
    this.table.show(this.parts());
    write(this.calc, unit ? this.work() : "Choose a unit in a map to see what it is made of.");
    return this.say();
  }

  /** Everything in its place, for the width that there is. */
  lay() {
    if (this.plan?.wide === this.wide && this.plan.folded === this.folded) return;
    this.plan = { wide: this.wide, folded: this.folded, ...arrange(this.data.layers, this.wide, this.folded && this.data.shown) };
    const { height, picture, answers, pens, labels, maps } = this.plan, put = (el, { x, y, width, height }) => (el.style.cssText = `left:${x}px;top:${y}px;width:${width}px;height:${height}px`);
    this.stage.style.height = `${height}px`;
    this.stage.classList.toggle("cn-across", this.plan.across);
    put(this.sheet, picture);
    this.answers.hidden = this.folded;
    put(this.answers, answers);
    put(this.stage.querySelector(".cn-pens"), pens);
    put(this.maps, { x: 0, y: 0, width: this.wide, height });
    const holes = maps.map(({ x, y, width, height }) => `M${x - 2} ${y - 2}h${width + 4}v${height + 4}h${-width - 4}z`);
    this.maps.style.clipPath = `path("${holes.join("")}")`;
    each(this.labels, labels, () => h("span"), (el, { text, small, x, y, width }) => {
      if (el.dataset.text !== text) el.replaceChildren(h("b", {}, text), ` ${small}`);
      el.dataset.text = text;
      el.style.cssText = `left:${x}px;top:${y}px;width:${width}px`;
    });
  }

  paint() {
    const pen = document.activeElement === this.sheet && this.tool !== "cover" ? this.pen : null;
    this.painter.paint({ plan: this.plan, found: this.found, sent: this.sent, cone: this.cone, unit: this.value.unit, cover: this.value.cover, pen });
    this.works.hidden = !this.value.unit;
    if (this.value.unit) this.workings = this.painter.work(this.works, this.wide, { layer: this.data.layers[this.value.unit.layer], taps: this.taps, chosen: this.tapped });
  }

  /** The product under a point of the working. */
  tap(x, y) {
    const found = this.workings.at(x, y);
    if (found !== null && found !== this.tapped) this.choose({ ...this.value.unit, tap: found });
  }

  /** The answers, with bars; a mark where they were before a part was covered. */
  list() {
    const { probabilities } = this.found, best = this.best(), { unit } = this.value, chosen = unit?.layer === this.data.layers.length - 1 ? unit.channel : null;
    each(this.answers, probabilities, () => h("li", {}, h("b"), h("span", { class: "cn-track" }, h("i"), h("u", { "aria-hidden": "true" })), h("em")), (row, share, digit) => {
      const [name, track, said] = row.children, was = this.whole?.probabilities[digit];
      set(row, { class: [digit === best && "cn-best", digit === chosen && "cn-chosen"].filter(Boolean).join(" ") || null });
      write(name, this.data.classes[digit]);
      track.firstChild.style.backgroundSize = `${100 * share}% 100%`; // a transform would have the page's layers made anew
      set(track.lastChild, { hidden: was === undefined, style: was === undefined ? null : `left:${100 * was}%` });
      write(said, percent(share));
    });
  }

  /** The rows of the table. */
  parts() {
    const { unit, classes, probabilities } = { ...this.value, classes: this.data.classes, probabilities: this.found.probabilities };
    if (!unit) return probabilities.map((share, digit) => [`answer ${classes[digit]}`, percent(share)]);
    const { kind } = this.data.layers[unit.layer], { value, bias } = this.unit;
    if (kind === "relu") return [["before", num(this.taps[0].input)], ["after: what is below 0 becomes 0", num(value)]];
    if (kind === "pool") return [...this.taps.map(({ row, column, input }) => [`row ${row}, column ${column}`, num(input)]), ["the largest", num(value)]];
    const sums = new Map();
    this.taps.forEach(({ channel, product }) => sums.set(channel, (sums.get(channel) ?? 0) + product));
    return [...[...sums].map(([channel, sum]) => [unit.layer ? `products with map ${channel}` : "products", num(sum)]), ["bias", num(bias)], ["together", num(value)]];
  }

  /** The working of the unit: which it is and of which picture, since it stays chosen while the picture changes; one product, and all of them. */
  work() {
    const { unit, sample } = this.value, { layers, samples } = this.data, { kind } = layers[unit.layer], { value, bias } = this.unit, chosen = this.taps[this.tapped];
    const picture = sample === null ? "your picture" : `this ${samples[sample].label}`, named = `In ${picture}, ${this.named()} is`;
    if (kind === "relu") return `${named} max(0, ${num(chosen.input)}) = ${num(value)}`;
    if (kind === "pool") return `${named} max(${this.taps.map(({ input }) => num(input)).join(", ")}) = ${num(value)}`;
    const sum = this.taps.reduce((all, { product }) => all + product, 0), read = unit.layer ? `${layers[unit.layer - 1].name}, map ${chosen.channel},` : "the picture,";
    return `${named} ${num(sum)} + ${factor(bias)} = ${num(value)}: its products and the bias. ` +
      `Product ${this.tapped + 1} of ${this.taps.length}: ${num(chosen.input)} × ${factor(chosen.weight)} = ${num(chosen.product)}, from ${read} row ${chosen.row}, column ${chosen.column}.`;
  }

  /** The chosen unit in words. */
  named() {
    const { layer, channel, row, column } = this.value.unit, { layers, classes } = this.data;
    return layer === layers.length - 1 ? `the score of ${classes[channel]}` : `the unit in row ${row}, column ${column} of map ${channel} after ${layers[layer].name}`;
  }

  /** What the network makes of the picture. */
  answered() {
    const { classes, samples } = this.data, { sample, cover } = this.value, shares = this.found.probabilities, [first, second] = ordered(shares);
    if (!this.picture.some(Boolean)) return `The picture is empty: draw a digit. The network answers all the same, here ${classes[first]} with ${percent(shares[first])}.`;
    if (cover) {
      const before = this.whole.probabilities, was = ordered(before)[0];
      return was === first ? `With ${PATCH}×${PATCH} pixels covered the answer is still ${classes[first]}, with ${percent(shares[first])} instead of ${percent(before[first])}.`
        : `With ${PATCH}×${PATCH} pixels covered the answer is ${classes[first]} with ${percent(shares[first])}; before it was ${classes[was]} with ${percent(before[was])}.`;
    }
    const truth = sample === null ? "" : samples[sample].label === first ? " It is right." : ` It is wrong: this is ${an(samples[sample].label)}.`;
    const next = shares[second] < 0.0005 ? "" : `, then ${classes[second]} with ${percent(shares[second])}`;
    return `The network answers ${classes[first]} with ${percent(shares[first])}${next}.${truth}`;
  }

  say() {
    const { classes, layers } = this.data, { unit, of, against, cover } = this.value;
    const words = this.folded && unit && !cover && this.picture.some(Boolean) ? [] : [this.answered()];
    if (unit) {
      const { name, shape } = layers[unit.layer], [rows, columns] = this.unit.field, scores = unit.layer === layers.length - 1;
      words.push(scores ? `The score of ${classes[unit.channel]} is ${num(this.unit.value)}; it depends on the whole picture.`
        : `The unit in row ${unit.row}, column ${unit.column} of map ${unit.channel} of ${shape[0]} after ${name} is ${num(this.unit.value)}; it depends on rows ${rows.join("–")} and columns ${columns.join("–")} of the picture.`);
    }
    const over = against === null ? "" : ` over that of ${classes[against]}`;
    if (of !== null)
      words.push(`The colours are gradients: where a pixel or a unit is amber, more of it raises the score of ${classes[of]}${over}; where it is violet, more of it lowers it.`);
    return words.join(" ");
  }

  get readout() {
    const layers = this.data.layers.map(({ name, shape }) => ({ name, shape }));
    return { probabilities: this.found.probabilities, layers, unit: this.unit, gradient: this.sent && Array.from(this.sent[0]) };
  }
}

customElements.define("cn-walk", Walk);
