// How the walk looks: where everything goes for a width, and the pictures themselves, drawn on canvases.
import { h } from "./dom.js";
import { SIDE, PATCH } from "./walk-core.js";

const TALL = 318, GAP = 5, HEAD = 34, STEPS = 127; // of the maps of one layer below each other; between them; of labels; shades of a sign

/** { height, across, picture, answers, pens, labels, maps } in pixels; beside each other, or on a narrow sheet below each other.
    Of one layer alone, the `first`, the maps are as large as may be. */
export const arrange = (layers, wide, first) => (first ? alone(layers[0], wide) : wide < 600 ? down(layers, wide) : across(layers, wide));

function alone({ name, shape: [count, cells] }, wide) {
  const beside = wide >= 600, side = SIDE * (wide >= 760 ? 7 : wide < 300 ? 4 : 5), few = Math.ceil(count / 2), none = { x: 0, y: 0, width: 0, height: 0 };
  const left = beside ? side + 60 : 2, top = beside ? HEAD : side + 30, room = beside ? Math.min((wide - left) / few, (TALL - GAP) / 2) : (wide - 4) / few;
  const size = cells * Math.floor((2 * (room - GAP)) / cells) / 2, step = size + GAP;
  const maps = Array.from({ length: count }, (_, channel) => ({ layer: 0, channel, x: left + (channel % few) * step, y: top + Math.floor(channel / few) * step, width: size, height: size }));
  const down = beside ? HEAD : 2, labels = [{ text: name, small: [count, cells, cells].join("×"), x: left, y: top - (beside ? HEAD : 17), width: few * step - GAP }];
  if (beside) labels.push({ text: "picture", small: `1×${SIDE}×${SIDE}`, x: 2, y: 0, width: side });
  const pens = beside ? { x: 0, y: down + side + 10, width: side + 6, height: TALL - side - 10 } : { x: side + 16, y: 2, width: wide - side - 16, height: side };
  return { height: top + 2 * step + 2, across: beside, picture: { x: 2, y: down, width: side, height: side }, answers: none, pens, labels, maps };
}

/** Pixels for a cell: fewer cells are drawn larger, and yet smaller maps look smaller. */
const cell = (cells, room) => Math.max(1, Math.min(Math.floor(room / cells), 2 + Math.round(1.3 * Math.log2(24 / cells))));

function across(layers, wide) {
  const roomy = wide >= 760, side = SIDE * (roomy ? 7 : 5), bars = roomy ? 170 : 112, last = layers.length - 1;
  const columns = layers.slice(0, last).map(({ shape: [n, cells] }) => {
    const rows = n > 8 ? Math.ceil(n / 2) : n, size = cells * cell(cells, (TALL - (rows - 1) * GAP) / rows);
    return { rows, size, width: Math.ceil(n / rows) * (size + GAP) - GAP };
  });
  const free = (wide - side - 2 - bars - columns.reduce((sum, { width }) => sum + width, 0)) / (columns.length + 1), maps = [], labels = [];
  const label = ({ name, shape }, x, width) => labels.push({ text: name, small: shape.join("×"), x: x - free / 2, y: 0, width: width + free });
  let x = side + 2 + free;
  columns.forEach(({ rows, size, width }, layer) => {
    const top = HEAD + (TALL - rows * (size + GAP) + GAP) / 2, count = layers[layer].shape[0];
    for (let channel = 0; channel < count; channel++)
      maps.push({ layer, channel, x: x + Math.floor(channel / rows) * (size + GAP), y: top + (channel % rows) * (size + GAP), width: size, height: size });
    label(layers[layer], x, width);
    x += width + free;
  });
  labels.push({ text: "picture", small: `1×${SIDE}×${SIDE}`, x: 2, y: 0, width: side });
  labels.push({ text: layers[last].name, small: `${layers[last].shape[0]}, after softmax`, x: wide - bars, y: 0, width: bars });
  const top = HEAD + (roomy ? 0 : 16);
  return { height: HEAD + TALL + 2, across: true, picture: { x: 2, y: top, width: side, height: side }, maps, labels,
    answers: { x: wide - bars, y: HEAD, width: bars, height: TALL }, pens: { x: 0, y: top + side + 10, width: side + 6, height: TALL + HEAD - top - side - 10 } };
}

function down(layers, wide) {
  const side = SIDE * (wide < 300 ? 4 : 5), touch = matchMedia("(pointer: coarse)").matches, tools = (touch ? 48 : 36) * (wide < 310 ? 2 : 1), line = 17, maps = [], labels = [];
  const band = Math.max(side + 4, 134); // ten answers below each other need as much
  let y = band + tools + 8;
  layers.slice(0, -1).forEach(({ name, shape: [count, cells] }, layer) => {
    const few = count > 8 && cells > 4 ? Math.ceil(count / 2) : count, room = (wide - 4 - (few - 1) * GAP) / few / cells, size = cells * Math.min(cell(cells, 99), Math.floor(2 * room) / 2);
    const gap = Math.min(2 * GAP, (wide - 4 - few * size) / (few - 1));
    labels.push({ text: name, small: layers[layer].shape.join("×"), x: 2, y, width: wide });
    for (let channel = 0; channel < count; channel++)
      maps.push({ layer, channel, x: 2 + (channel % few) * (size + gap), y: y + line + Math.floor(channel / few) * (size + GAP), width: size, height: size });
    y += line + Math.ceil(count / few) * (size + GAP) + 1;
  });
  return { height: y, across: false, picture: { x: 2, y: 2, width: side, height: side }, maps, labels,
    answers: { x: side + 16, y: 0, width: wide - side - 16, height: band }, pens: { x: 0, y: band + 6, width: wide, height: tools } };
}

const part = (box, { rows, columns }, height, width) => ({
  x: box.x + (columns[0] * box.width) / width, y: box.y + (rows[0] * box.height) / height,
  width: ((columns[1] - columns[0] + 1) * box.width) / width, height: ((rows[1] - rows[0] + 1) * box.height) / height });
const hull = (boxes) => {
  const x = Math.min(...boxes.map((box) => box.x)), y = Math.min(...boxes.map((box) => box.y));
  return { x, y, width: Math.max(...boxes.map((box) => box.x + box.width)) - x, height: Math.max(...boxes.map((box) => box.y + box.height)) - y };
};
const largest = (values) => values.reduce((most, value) => Math.max(most, Math.abs(value)), 0) || 1;

export class Painter {
  constructor(canvas, net, element) {
    Object.assign(this, { canvas, net, element, atlas: h("canvas") });
    const shapes = [[1, SIDE, SIDE], ...net.layers.slice(0, -1).map(({ shape }) => shape)];
    let y = 0;
    this.tiles = shapes.map(([count, height, width]) => {
      const tile = { y, width, height, data: new ImageData(count * width, height) };
      y += height;
      return Object.assign(tile, { cells: new Uint32Array(tile.data.data.buffer), count });
    });
    this.atlas.width = Math.max(...this.tiles.map(({ data }) => data.width));
    this.atlas.height = y;
    this.source = this.atlas.getContext("2d");
  }

  /** The page's colours as they now are, and the shades between them. */
  theme() {
    const style = getComputedStyle(this.element.live), key = document.body.getAttribute("data-md-color-scheme") + style.color;
    if (this.key === key) return;
    this.key = key;
    const probe = h("canvas").getContext("2d", { willReadFrequently: true });
    const rgb = (role) => {
      probe.fillStyle = style.getPropertyValue(`--cn-${role}`);
      probe.fillRect(0, 0, 1, 1);
      return probe.getImageData(0, 0, 1, 1).data;
    };
    const colours = Object.fromEntries(["ink", "mute", "paper", "cell", "neg", "pos", "see", "win", "edge"].map((role) => [role, rgb(role)]));
    this.css = Object.fromEntries(Object.entries(colours).map(([role, [r, g, b]]) => [role, `rgb(${r} ${g} ${b})`]));
    this.font = style.getPropertyValue("--cn-sans");
    const mix = (from, to, share) => from.slice(0, 3).map((value, at) => value + (to[at] - value) * share);
    const word = ([r, g, b]) => ((255 << 24) | (b << 16) | (g << 8) | r) >>> 0;
    const bright = ([r, g, b]) => 0.2126 * (r / 255) ** 2.2 + 0.7152 * (g / 255) ** 2.2 + 0.0722 * (b / 255) ** 2.2 + 0.05;
    const apart = (a, b) => Math.max(bright(a) / bright(b), bright(b) / bright(a));
    const shades = Array.from({ length: 2 * STEPS + 1 }, (_, at) => mix(colours.cell, at < STEPS ? colours.neg : colours.pos, Math.abs(at / STEPS - 1)));
    this.signed = Uint32Array.from(shades, word);
    this.plain = Uint32Array.from({ length: STEPS + 1 }, (_, at) => word(mix(colours.paper, colours.ink, at / STEPS)));
    this.shades = shades.map((under) => [`rgb(${under.map(Math.round).join(" ")})`, this.css[apart(under, colours.ink) > apart(under, colours.paper) ? "ink" : "paper"]]);
  }

  /** A sample, to be shown in the colour of the text. */
  thumb(n) {
    const canvas = h("canvas", { width: SIDE, height: SIDE }), context = canvas.getContext("2d"), data = new ImageData(SIDE, SIDE);
    this.net.samples[n].forEach((level, at) => (data.data[4 * at + 3] = 255 * level));
    context.putImageData(data, 0, 0);
    return h("i", { style: `--picture: url(${canvas.toDataURL()})` });
  }

  paint({ plan, found, sent, cone, unit, cover, pen }) {
    this.theme();
    const { height, wide, maps, picture } = plan, context = this.start(this.canvas, wide, height);
    this.fill(found, sent);
    const lit = (level, channel) => !cone || (level < cone.length && (cone[level].channel === null || cone[level].channel === channel));
    const draw = ({ x, y, width, height }, level, channel) => {
      const { y: from, width: w, height: h } = this.tiles[level];
      context.drawImage(this.atlas, channel * w, from, w, h, x, y, width, height);
    };
    draw(picture, 0, 0);
    for (const map of maps) {
      context.globalAlpha = plan.folded || lit(map.layer + 1, map.channel) ? 1 : 0.35;
      draw(map, map.layer + 1, map.channel);
    }
    context.globalAlpha = 1;
    if (cone) this.beams(context, plan, cone, maps.filter(({ layer, channel }) => lit(layer + 1, channel)));
    this.outline(context, picture, "edge", 1);
    if (sent) this.contour(context, picture, found.maps[0]);
    if (cone) this.roles(context, plan, cone, unit, lit);
    if (cover) this.patch(context, picture, cover);
    if (pen) this.outline(context, part(picture, { rows: [pen[0], pen[0]], columns: [pen[1], pen[1]] }, SIDE, SIDE), "win", 2);
  }

  /** A canvas of so many pixels of the page, empty. */
  start(canvas, wide, height) {
    const scale = Math.min(3, devicePixelRatio || 1), context = canvas.getContext("2d");
    const [width, tall] = [wide, height].map((side) => Math.round(side * scale));
    if (canvas.width !== width || canvas.height !== tall) {
      Object.assign(canvas, { width, height: tall });
      canvas.style.cssText = `width:${wide}px;height:${height}px`;
    }
    context.setTransform(scale, 0, 0, scale, 0, 0);
    context.clearRect(0, 0, wide, height);
    context.imageSmoothingEnabled = false;
    return context;
  }

  /** The shades of all maps, one pixel for each cell: of their values, or of the gradient. */
  fill(found, sent) {
    this.tiles.forEach(({ y, width, height, count, data, cells }, level) => {
      const values = (sent ?? found.maps)[level], most = largest(values), across = count * width;
      for (let channel = 0, at = 0; channel < count; channel++)
        for (let i = 0; i < height; i++)
          for (let j = 0; j < width; j++, at++) {
            const to = i * across + channel * width + j;
            cells[to] = level || sent ? this.signed[STEPS + Math.round((STEPS * values[at]) / most)] : this.plain[Math.round(STEPS * Math.min(1, values[at]))];
          }
      this.source.putImageData(data, 0, y);
    });
  }

  /** The border of the ink, over colours that hide it. */
  contour(context, { x, y, width }, ink) {
    const side = width / SIDE, on = (i, j) => i >= 0 && j >= 0 && i < SIDE && j < SIDE && ink[i * SIDE + j] > 0.4, line = new Path2D();
    for (let i = 0; i <= SIDE; i++)
      for (let j = 0; j <= SIDE; j++) {
        if (on(i, j) !== on(i - 1, j)) line.rect(x + j * side, y + i * side, side, 0);
        if (on(i, j) !== on(i, j - 1)) line.rect(x + j * side, y + i * side, 0, side);
      }
    for (const [colour, thick] of [["paper", 3.5], ["ink", 1.5]]) Object.assign(context, { strokeStyle: this.css[colour], lineWidth: thick }).stroke(line);
  }

  /** From each map that the unit depends on to what that one reads. */
  beams(context, plan, cone, lit) {
    const { layers } = this.net, top = cone.length - 2, box = (map) => part(map, cone[map.layer + 1], ...layers[map.layer].shape.slice(1));
    context.fillStyle = this.css.see;
    for (let layer = top; layer >= 0; layer--) {
      const above = lit.filter((map) => map.layer === layer).map(box), below = layer ? lit.filter((map) => map.layer === layer - 1).map(box) : [part(plan.picture, cone[0], SIDE, SIDE)];
      const own = layer === layers.length - 1 ? (plan.across ? [this.answer(plan, cone.at(-1).channel)] : []) : above;
      const pairs = own.length === below.length ? own.map((one, at) => [one, below[at]]) : own.length === 1 ? below.map((one) => [own[0], one])
        : below.length === 1 ? own.map((one) => [one, below[0]]) : own.length ? [[hull(own), hull(below)]] : [];
      context.globalAlpha = pairs.length > 8 ? 0.07 : pairs.length > 1 ? 0.1 : 0.16;
      for (const [a, b] of pairs) {
        context.beginPath();
        if (plan.across) for (const [x, y] of [[b.x + b.width, b.y], [a.x, a.y], [a.x, a.y + a.height], [b.x + b.width, b.y + b.height]]) context.lineTo(x, y);
        else for (const [x, y] of [[b.x, b.y + b.height], [a.x, a.y], [a.x + a.width, a.y], [b.x + b.width, b.y + b.height]]) context.lineTo(x, y);
        context.fill();
      }
    }
    context.globalAlpha = 1;
  }

  /** The row of an answer. */
  answer({ answers: { x, y, height } }, digit) {
    const count = this.net.layers.at(-1).shape[0];
    return { x: x - 4, y: y + ((digit + 0.2) * height) / count, width: 0, height: (0.6 * height) / count };
  }

  /** What the unit reads outlined in every map; the unit itself in the colour of what one moves. */
  roles(context, plan, cone, unit, lit) {
    this.outline(context, part(plan.picture, cone[0], SIDE, SIDE), "see", 2);
    for (const map of plan.maps) {
      const level = map.layer + 1, [, height, width] = this.net.layers[map.layer].shape;
      if (level < cone.length && lit(level, map.channel)) this.outline(context, part(map, cone[level], height, width), map.layer === unit.layer ? "win" : "see", map.layer === unit.layer ? 2.5 : 1.5);
    }
  }

  /** An outline around a box, on a rim of paper so that it is seen on every shade. */
  outline(context, { x, y, width, height }, role, line) {
    for (const [colour, thick] of line > 1 ? [["paper", line + 1.6], [role, line]] : [[role, line]]) {
      context.strokeStyle = this.css[colour];
      context.lineWidth = thick;
      context.strokeRect(x - line / 2, y - line / 2, width + line, height + line);
    }
  }

  /** What covers the picture. */
  patch(context, picture, [row, column]) {
    const box = part(picture, { rows: [row, row + PATCH - 1], columns: [column, column + PATCH - 1] }, SIDE, SIDE);
    context.save();
    context.beginPath();
    context.rect(box.x, box.y, box.width, box.height);
    context.clip();
    context.fillStyle = this.css.cell;
    context.fill();
    context.strokeStyle = this.css.mute;
    context.lineWidth = 1;
    context.beginPath();
    for (let at = -box.height; at < box.width; at += 6) {
      context.moveTo(box.x + at, box.y + box.height);
      context.lineTo(box.x + at + box.height, box.y);
    }
    context.stroke();
    context.restore();
    this.outline(context, box, "win", 2);
  }

  /** What a unit reads, times its weights, gives its products: grids on a canvas; `at(x, y)` tells which product is there. */
  work(canvas, wide, { layer: { kind, kernel }, taps, chosen }) {
    this.theme();
    const size = kind === "relu" ? 1 : kernel, count = taps.length / size ** 2, one = count === 1, weighed = kind === "conv";
    const rows = weighed ? [["reads", "input"], ["× weights", "weight"], ["= products", "product"]] : [["reads", "input"]], between = one ? 26 : 6;
    const side = one ? Math.min(wide < 500 ? 22 : 32, Math.floor((wide - between * (rows.length - 1)) / (rows.length * size))) : Math.min(18, Math.floor((wide - between * (count - 1)) / (count * size)));
    const grid = size * side, pitch = one ? grid + between : 0, height = one ? 18 + grid : rows.length * (grid + 22);
    const context = this.start(canvas, wide, height + 4), place = (row, n) => ({
      x: 2 + row * pitch + (one ? 0 : Math.floor(n / size ** 2) * (grid + between)) + (n % size) * side, y: 18 + (one ? 0 : row * (grid + 22)) + (Math.floor(n / size) % size) * side });
    rows.forEach(([name, what], row) => {
      const most = largest(taps.map((tap) => tap[what]));
      context.textAlign = "left";
      context.fillStyle = this.css.mute;
      context.font = `500 12px ${this.font}`;
      context.fillText(name, 2 + row * pitch, 12 + (one ? 0 : row * (grid + 22)));
      context.textAlign = "center";
      context.font = `500 ${Math.min(11, side * 0.36)}px ${this.font}`;
      taps.forEach((tap, n) => {
        const { x, y } = place(row, n);
        const [under, over] = this.shades[STEPS + Math.round((STEPS * tap[what]) / most)];
        context.fillStyle = under;
        context.fillRect(x, y, side - (side > 6 ? 1 : 0), side - (side > 6 ? 1 : 0));
        if (side < 28) return;
        context.fillStyle = over;
        context.fillText(tap[what].toFixed(2).replace(/^(-?)0\./, "$1.").replace("-", "−").replace(/^−?\.00$/, "0"), x + side / 2, y + side * 0.62);
      });
      const { x, y } = place(row, chosen);
      if (weighed) this.outline(context, { x, y, width: side - 1, height: side - 1 }, "win", 2);
    });
    const at = (x, y) => {
      for (let row = 0; row < rows.length; row++)
        for (let n = 0; n < taps.length; n++) {
          const box = place(row, n);
          if (x >= box.x && x < box.x + side && y >= box.y && y < box.y + side) return weighed ? n : null;
        }
      return null;
    };
    return { at };
  }
}
