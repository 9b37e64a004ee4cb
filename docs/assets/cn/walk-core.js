// The walk without its picture: a small network, forward and backward. Python's half is convnotes/exhibits/interactive/walk.py.
import { clamp, read } from "./state.js";

export const GRAMMAR =
  "(?:s([0-9]{1,2})|d([0-9A-Za-z]{1,784}))(?:_c([0-9]{1,2})\\.([0-9]{1,2}))?" +
  "(?:_u([a-z]+[0-9]?)\\.([0-9]{1,3})(?:\\.([0-9]{1,2})\\.([0-9]{1,2}))?(?:\\.t([0-9]{1,3}))?)?(?:_g([0-9])(?:v([0-9]))?)?";
export const SIDE = 28, PATCH = 7; // of the picture; of what covers it
const INK = 15; // the last of the levels of a drawing

/** { value, words } for a text, or null. */
export function parse(text, { layers, samples }) {
  const found = read(GRAMMAR, text), words = [];
  if (!found || (found[2] && !levels(found[2]))) return null;
  const [, sample, drawing, top, left, name, channel, row, column, tap, of, against] = found;
  const edge = SIDE - PATCH, number = (what, digits, most) => clamp(what, +(digits ?? 0), 0, most, words);
  const value = { sample: drawing ? null : number("sample", sample, samples.length - 1), drawing: drawing ? packed(levels(drawing)) : null, cover: null, unit: null, of: null, against: null };
  if (top) value.cover = [number("row", top, edge), number("column", left, edge)];
  if (name) {
    let layer = layers.findIndex((one) => one.name === name);
    if (layer < 0) words.push(`no layer is called ${name}: showing ${layers[(layer = 0)].name}.`);
    const [maps, height, width] = layers[layer].shape;
    value.unit = { layer, channel: number("channel", channel, maps - 1), row: number("row", row, height - 1), column: number("column", column, width - 1), tap: null };
    if (tap) value.unit.tap = number("product", tap, taps(layers, layer) - 1);
  }
  if (of) [value.of, value.against] = [+of, against && against !== of ? +against : null];
  return { value, words };
}

/** The shortest text that parses to a value. */
export function format({ sample, drawing, cover, unit, of, against }, { layers }) {
  let text = drawing ? `d${drawing}` : `s${sample}`;
  if (cover) text += `_c${cover.join(".")}`;
  if (unit) {
    text += `_u${layers[unit.layer].name}.${unit.channel}` + (unit.row || unit.column ? `.${unit.row}.${unit.column}` : "");
    if (unit.tap !== null) text += `.t${unit.tap}`;
  }
  if (of !== null) text += `_g${of}` + (against === null ? "" : `v${against}`);
  return text;
}

/** How many numbers one unit of a layer reads. */
export function taps(layers, at) {
  const { kind, kernel } = layers[at];
  return kind === "relu" ? 1 : kernel * kernel * (kind === "pool" ? 1 : before(layers, at)[0]);
}

/** The shape of what a layer reads. */
export const before = (layers, at) => (at ? layers[at - 1].shape : [1, SIDE, SIDE]);

/* A drawing as text, row by row: a digit of 0-9a-f is a pixel of that level, A to Z are 1 to 26 pixels without ink, g to z
   are 2 to 21 pixels full of it. */

/** The levels of a drawing, or null if they are not as many as a picture has. */
export function levels(text) {
  const out = [];
  for (const letter of text) {
    const code = letter.charCodeAt(0), full = code > 102; // beyond f
    if (code < 65 || (code > 96 && !full)) out.push(parseInt(letter, 16));
    else for (let n = full ? code - 101 : code - 64; n; n--) out.push(full ? INK : 0);
  }
  return out.length === SIDE * SIDE ? out : null;
}

/** The shortest text of a drawing. */
export function packed(cells) {
  let text = "";
  for (let at = 0, end; at < cells.length; at = end) {
    const level = cells[at], most = level === 0 ? 26 : level === INK ? 21 : 1;
    for (end = at + 1; end < cells.length && end - at < most && cells[end] === level; ) end++;
    text += level === 0 ? String.fromCharCode(64 + end - at) : end - at > 1 ? String.fromCharCode(101 + end - at) : level.toString(16);
  }
  return text;
}

/** The levels nearest to pixels from 0 to 1. */
export const nearest = (pixels) => Array.from(pixels, (pixel) => Math.round(INK * pixel));

/** The number that 16 bits stand for: a sign, five bits of exponent, ten of fraction. */
function half(bits) {
  const exponent = (bits >> 10) & 31, fraction = (bits & 1023) / 1024, size = exponent ? (1 + fraction) * 2 ** (exponent - 15) : fraction * 2 ** -14;
  return bits >> 15 ? -size : size;
}

/** Ink under a round pen at a place of the picture, or taken away there. */
export function stroke(cells, row, column, erase) {
  const near = (at) => [Math.max(0, Math.floor(at) - 2), Math.min(SIDE, Math.ceil(at) + 2)], [top, bottom] = near(row), [left, right] = near(column);
  for (let i = top; i < bottom; i++)
    for (let j = left; j < right; j++) {
      const ink = Math.round(INK * Math.max(0, Math.min(1, 1.9 - Math.hypot(i + 0.5 - row, j + 0.5 - column)))), at = i * SIDE + j;
      cells[at] = erase ? Math.min(cells[at], INK - ink) : Math.max(cells[at], ink);
    }
}

/** The network of the file: for each layer with weights, its kernels and biases; and the pixels of the samples. */
export function unpack({ WEIGHTS, SAMPLES }, layers) {
  const bytes = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  const halves = new DataView(bytes(WEIGHTS).buffer), pictures = bytes(SAMPLES);
  let at = 0;
  const take = (count) => Float64Array.from({ length: count }, () => half(halves.getUint16(2 * at++, true)));
  const weights = layers.map(({ kind, shape: [maps] }, layer) => {
    const weight = kind === "conv" && take(maps * taps(layers, layer));
    return weight && { weight, bias: take(maps) };
  });
  const samples = Array.from({ length: pictures.length / SIDE ** 2 }, (_, n) =>
    Float64Array.from(pictures.subarray(n * SIDE ** 2, (n + 1) * SIDE ** 2), (level) => level / 255));
  return { layers, weights, samples };
}

/** The pixels of a state; what is covered has no ink. */
export function pixels({ sample, drawing, cover }, { samples }, exact) {
  const whole = exact ?? (drawing ? levels(drawing).map((level) => level / INK) : samples[sample]), out = Float64Array.from(whole);
  for (let a = 0; cover && a < PATCH; a++) out.fill(0, (cover[0] + a) * SIDE + cover[1], (cover[0] + a) * SIDE + cover[1] + PATCH);
  return out;
}

/** The sums of a layer with weights: one weight after the other passes over all that it reads. */
function summed(layers, at, input, { weight, bias }) {
  const { kernel, stride, padding, shape: [maps, height, width] } = layers[at], [channels, rows, columns] = before(layers, at), out = new Float64Array(maps * height * width);
  const span = (offset, all, cells) => [Math.max(0, Math.ceil((padding - offset) / stride)), Math.min(cells - 1, Math.floor((all - 1 + padding - offset) / stride))];
  for (let map = 0, tap = 0; map < maps; map++)
    for (let channel = 0; channel < channels; channel++)
      for (let a = 0; a < kernel; a++)
        for (let b = 0; b < kernel; b++, tap++) {
          const w = weight[tap], [top, bottom] = span(a, rows, height), [left, right] = span(b, columns, width);
          for (let i = top; i <= bottom; i++) {
            const from = (channel * rows + i * stride + a - padding) * columns + b - padding, to = (map * height + i) * width;
            for (let j = left; j <= right; j++) out[to + j] += w * input[from + j * stride];
          }
        }
  return out.map((sum, unit) => sum + bias[Math.floor(unit / (height * width))]);
}

/** The gradient before a layer with weights: each unit sends its own back to what it read. Most have none, so they come one by one. */
function returned(layers, at, sent, { weight }) {
  const { kernel, stride, padding, shape: [, height, width] } = layers[at], [channels, rows, columns] = before(layers, at), back = new Float64Array(channels * rows * columns);
  sent.forEach((g, unit) => {
    if (!g) return;
    const map = Math.floor(unit / (height * width)), top = (Math.floor(unit / width) % height) * stride - padding, left = (unit % width) * stride - padding;
    for (let channel = 0; channel < channels; channel++)
      for (let a = Math.max(0, -top); a < Math.min(kernel, rows - top); a++) {
        const tap = ((map * channels + channel) * kernel + a) * kernel, to = (channel * rows + top + a) * columns + left;
        for (let b = Math.max(0, -left); b < Math.min(kernel, columns - left); b++) back[to + b] += g * weight[tap + b];
      }
  });
  return back;
}

/** The place in what a layer reads of the number that won, for each unit of a pooling layer. */
function winners(layers, at, input) {
  const { kernel, stride, padding, shape: [maps, height, width] } = layers[at], [, rows, columns] = before(layers, at), out = new Int32Array(maps * height * width);
  for (let map = 0, unit = 0; map < maps; map++)
    for (let i = 0; i < height; i++)
      for (let j = 0; j < width; j++, unit++) {
        let best = -1;
        for (let a = 0; a < kernel; a++)
          for (let b = 0; b < kernel; b++) {
            const row = i * stride + a - padding, column = j * stride + b - padding, place = (map * rows + row) * columns + column;
            if (row >= 0 && row < rows && column >= 0 && column < columns && (best < 0 || input[place] > input[best])) best = place;
          }
        out[unit] = best;
      }
  return out;
}

/** All maps: those of `maps[0]`, the picture, and of each layer after it; and the probabilities of the answers. */
export function forward({ layers, weights }, picture) {
  const maps = [picture];
  layers.forEach(({ kind }, at) => {
    const input = maps[at];
    if (kind === "relu") maps.push(input.map((value) => Math.max(0, value)));
    else if (kind === "pool") maps.push(Float64Array.from(winners(layers, at, input), (place) => input[place]));
    else maps.push(summed(layers, at, input, weights[at]));
  });
  const scores = maps.at(-1), most = Math.max(...scores), parts = Array.from(scores, (score) => Math.exp(score - most));
  const total = parts.reduce((sum, part) => sum + part, 0);
  return { maps, probabilities: parts.map((part) => part / total) };
}

/** The gradient of a score, or of one minus another, at the picture and at all maps. */
export function backward({ layers, weights }, { maps }, of, against) {
  const sent = maps.map((map) => new Float64Array(map.length));
  sent.at(-1)[of] = 1;
  if (against !== null) sent.at(-1)[against] = -1;
  for (let at = layers.length - 1; at >= 0; at--) {
    const { kind } = layers[at], [input, back, from] = [maps[at], sent[at], sent[at + 1]];
    if (kind === "relu") from.forEach((g, unit) => (back[unit] = input[unit] > 0 ? g : 0));
    else if (kind === "pool") winners(layers, at, input).forEach((place, unit) => (back[place] += from[unit]));
    else sent[at] = returned(layers, at, from, weights[at]);
  }
  return sent;
}

/** For the picture and every map up to the unit's: the rows and columns that it depends on, and the channel, or null for all. */
export function cone(layers, { layer, channel, row, column }) {
  const spans = [{ channel, rows: [row, row], columns: [column, column] }];
  for (let at = layer; at >= 0; at--) {
    const { kind, kernel, stride, padding } = layers[at], [, height, width] = before(layers, at), [above] = spans;
    const reach = ([first, last], most) => (kind === "relu" ? [first, last]
      : [Math.max(0, first * stride - padding), Math.min(most - 1, last * stride - padding + kernel - 1)]);
    spans.unshift({ channel: kind === "conv" ? null : above.channel, rows: reach(above.rows, height), columns: reach(above.columns, width) });
  }
  return spans;
}

/** What a unit reads, one entry for each: { channel, row, column, input, weight, product }; pooling and ReLU have no weights. */
export function reads({ layers, weights }, { maps }, { layer, channel, row, column }) {
  const { kind, kernel, stride, padding } = layers[layer], [channels, height, width] = before(layers, layer), input = maps[layer];
  const size = kind === "relu" ? 1 : kernel, own = kind === "conv" ? channels : 1, found = [];
  for (let c = 0; c < own; c++)
    for (let a = 0; a < size; a++)
      for (let b = 0; b < size; b++) {
        const place = { channel: kind === "conv" ? c : channel, row: kind === "relu" ? row : row * stride + a - padding, column: kind === "relu" ? column : column * stride + b - padding };
        const inside = place.row >= 0 && place.row < height && place.column >= 0 && place.column < width;
        const value = inside ? input[(place.channel * height + place.row) * width + place.column] : 0;
        const weight = kind === "conv" ? weights[layer].weight[channel * own * size * size + found.length] : null;
        found.push({ ...place, inside, input: value, weight, product: weight === null ? null : weight * value });
      }
  return found;
}

/** What is told of a unit. A ReLU's products and bias are those of the sum that it cuts; pooling, which chooses, has none. */
export function unit(net, found, chosen) {
  const { layer, channel, row, column } = chosen, { name, kind, shape: [, height, width] } = net.layers[layer], [picture] = cone(net.layers, chosen);
  const summed = kind === "relu" ? layer - 1 : layer, weighed = net.weights[summed];
  return { layer: name, channel, row, column, value: found.maps[layer + 1][(channel * height + row) * width + column], bias: weighed ? weighed.bias[channel] : 0,
    products: weighed ? reads(net, found, { ...chosen, layer: summed }).map(({ product }) => product) : [], field: [picture.rows, picture.columns] };
}
