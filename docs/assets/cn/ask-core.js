// A model in PyTorch's words, layer by layer: what each writes, holds, multiplies and reads. Held equal to the package by tests.

const PAIRS = ["kernel_size", "stride", "padding", "dilation", "output_size"]; // may be two numbers, for rows and for columns
const KINDS = {
  Conv2d: { takes: ["in_channels", "out_channels", "kernel_size", "stride", "padding", "dilation", "groups", "bias"], needs: 3 },
  MaxPool2d: { takes: ["kernel_size", "stride", "padding", "dilation"], needs: 1 },
  AvgPool2d: { takes: ["kernel_size", "stride", "padding"], needs: 1 },
  AdaptiveAvgPool2d: { takes: ["output_size"], needs: 1 },
  BatchNorm2d: { takes: ["num_features", "eps", "momentum", "affine", "track_running_stats", "bias"], needs: 1 },
  Linear: { takes: ["in_features", "out_features", "bias"], needs: 2 },
  Flatten: { takes: [], needs: 0 },
};
for (const name of ["ReLU", "ReLU6", "SiLU", "Hardswish"]) KINDS[name] = { takes: ["inplace"], needs: 0 };
for (const name of ["GELU", "Sigmoid", "Tanh", "Identity"]) KINDS[name] = { takes: [], needs: 0 };
KINDS.Dropout = { takes: ["p", "inplace"], needs: 0 };

// Arguments that change nothing here; where a value stands, with that value alone.
const IDLE = {
  inplace: null, eps: null, momentum: null, track_running_stats: null, padding_mode: null, approximate: null, count_include_pad: null,
  return_indices: "False", ceil_mode: "False", affine: "True", start_dim: "1", end_dim: "-1",
};
const LAYER = /\b([A-Z]\w*)\s*\(((?:[^()]|\([^()]*\))*)\)/g, HOLDS = /\b(?:Sequential|OrderedDict)\s*\(/g;
const UNKNOWN = "is not known here. The command convnotes trace reads any model.";

/** The layers that a text names, in order, as { kind, … }; throws what is wrong with it, in words. */
export function layers(text, input = [3, 224, 224]) {
  const bare = text.replace(/#.*$/gm, ""), [, own] = /^\s*class\s+(\w+)\s*[[(:]/m.exec(bare) ?? [];
  if (own) throw `What forward of ${own} does is not known here. Save the code as model.py and run: convnotes trace model.py:${own} --input ${input}. Or write here only the layers, in the order in which forward uses them.`;
  const found = [...bare.matchAll(LAYER)].flatMap(([, kind, inner]) =>
    kind === "Sequential" || kind === "OrderedDict" ? layers(inner) : [layer(kind, inner)]);
  const rest = bare.replace(LAYER, "").replace(HOLDS, ""), [, call] = /([A-Za-z_]\w*)\s*\(/.exec(rest) ?? [];
  if (call) throw KINDS[call] ? `${call} has no closing parenthesis.` : `${call} ${UNKNOWN}`;
  if (/\*|\bfor\b/.test(rest)) throw "Write every layer out: loops and products are not run here.";
  return found;
}

/** What the answer rests on where several layers get names: a sentence, or nothing. */
export const condition = (text) => ([...text.replace(/#.*$/gm, "").matchAll(/[\w.]+\s*=\s*(?:[a-z]\w*\.)*[A-Z]\w*\s*\(/g)].length < 2 ? ""
  : "The layers are read in the order in which they are written, each once. What forward does with them is not known here: if it does otherwise, the numbers are others.");

function layer(kind, inner) {
  const known = KINDS[kind];
  if (!known) throw `${kind} ${UNKNOWN}`;
  const given = {};
  split(inner).forEach((word, at) => {
    const named = /^(\w+)\s*=\s*(.*)$/s.exec(word), name = named ? named[1] : known.takes[at], value = named ? named[2] : word;
    if (name in IDLE) {
      if (IDLE[name] && value !== IDLE[name]) throw `${kind}(${word}) ${UNKNOWN}`;
      return;
    }
    if (!known.takes.includes(name)) throw `${kind} has no ${name ?? "argument"} here: ${word}.`;
    given[name] = read(value);
    const wanted = wrong(kind, name, given[name]);
    if (wanted) throw `${kind}: ${name} is ${wanted}, and not ${value}.`;
  });
  const missing = known.takes.slice(0, known.needs).find((name) => given[name] === undefined);
  if (missing) throw `${kind} needs ${missing}.`;
  return { kind, ...given };
}

/** What an argument is to be, if it is not; else nothing. */
function wrong(kind, name, value) {
  if (name === "bias") return typeof value !== "boolean" && "True or False";
  if (name === "p") return !(value >= 0 && value <= 1) && "a number from 0 to 1";
  if (kind === "Conv2d" && name === "padding" && typeof value === "string") return false;
  const least = name === "padding" ? 0 : 1, pair = Array.isArray(value) && !PAIRS.includes(name);
  return (pair || !both(value).every((n) => Number.isInteger(n) && n >= least)) && `a whole number of at least ${least}`;
}

/** Arguments at commas that stand in no parentheses. */
const split = (text) => (text.match(/(?:\([^()]*\)|[^,()])+/g) ?? []).map((word) => word.trim()).filter(Boolean);

function read(word) {
  if (/^(True|False)$/.test(word)) return word === "True";
  if (/^(['"])(same|valid)\1$/.test(word)) return word.slice(1, -1);
  const pair = /^\(\s*(\d+)\s*,\s*(\d+)\s*\)$/.exec(word);
  if (pair) return [+pair[1], +pair[2]];
  if (/^\d+$/.test(word)) return +word;
  if (/^\d*\.\d+$/.test(word)) return +word;
  throw `${word} is no number here: write whole numbers, pairs such as (3, 1), True or False.`;
}

const both = (value) => (Array.isArray(value) ? value : [value, value]);

/** The rows of the layers on an input [channels, height, width]: { name, shape, parameters, macs, field, stride }. */
export function rows(list, input) {
  let shape = input, field = [1, 1], stride = [1, 1];
  return list.map((one) => {
    const { kind } = one, row = { name: written(one), parameters: 0, macs: 0 };
    const windows = (after) => {
      const size = both(one.kernel_size), step = both(one.stride ?? (kind === "Conv2d" ? 1 : size)), apart = both(one.dilation ?? 1), border = one.padding ?? 0;
      if (shape.length !== 3) throw `${row.name} reads maps, but gets ${shape.join("×")} numbers.`;
      const out = [0, 1].map((axis) => {
        const span = apart[axis] * (size[axis] - 1) + 1, padded = border === "same" ? span - 1 : 2 * (border === "valid" ? 0 : both(border)[axis]);
        if (border === "same" && step[axis] !== 1) throw `${row.name}: padding='same' needs stride 1.`;
        if (kind !== "Conv2d" && padded > size[axis]) throw `${row.name}: padding may be half of the kernel at most.`;
        if (span > shape[1 + axis] + padded) throw `${row.name}: the window spans ${span} cells, and the map has ${shape[1 + axis] + padded} with its padding.`;
        return Math.floor((shape[1 + axis] + padded - span) / step[axis]) + 1;
      });
      field = field.map((cells, axis) => cells && cells + apart[axis] * (size[axis] - 1) * stride[axis]);
      stride = stride.map((cells, axis) => cells && cells * step[axis]);
      shape = [after, ...out];
    };
    if (kind === "Conv2d") {
      const { in_channels, out_channels, groups = 1, bias = true } = one;
      if (shape.length === 3 && shape[0] !== in_channels) throw `${row.name} reads ${in_channels} channels, but gets ${shape[0]}.`;
      if (in_channels % groups || out_channels % groups) throw `${row.name}: groups=${groups} does not divide its channels.`;
      windows(out_channels);
      const [a, b] = both(one.kernel_size), weights = (out_channels * in_channels * a * b) / groups;
      Object.assign(row, { parameters: weights + (bias ? out_channels : 0), macs: weights * shape[1] * shape[2] });
    } else if (kind === "MaxPool2d" || kind === "AvgPool2d") windows(shape[0]);
    else if (kind === "AdaptiveAvgPool2d") {
      if (both(one.output_size).some((n) => n !== 1)) throw `${row.name} ${UNKNOWN}`;
      [shape, field, stride] = [[shape[0], 1, 1], [null, null], [null, null]];
    } else if (kind === "BatchNorm2d") {
      if (shape[0] !== one.num_features) throw `${row.name} reads ${one.num_features} channels, but gets ${shape[0]}.`;
      row.parameters = ((one.bias ?? true) ? 2 : 1) * one.num_features;
    } else if (kind === "Flatten") shape = [shape.reduce((a, b) => a * b)];
    else if (kind === "Linear") {
      if (shape.length !== 1) throw `${row.name} reads numbers in a row: put Flatten() before it.`;
      if (shape[0] !== one.in_features) throw `${row.name} reads ${one.in_features} numbers, but gets ${shape[0]}.`;
      const weights = one.in_features * one.out_features;
      Object.assign(row, { parameters: weights + ((one.bias ?? true) ? one.out_features : 0), macs: weights });
      [shape, field, stride] = [[one.out_features], [null, null], [null, null]];
    }
    return { ...row, shape, field, stride };
  });
}

/** The session in which the package finds the same, as JSON; kinds that it has no name for change no number and stand for none. */
export const session = (list, input) => `from json import dumps
from convnotes.cost import layer_macs, parameters
from convnotes.layers import *
from convnotes.receptive_field import growth
from convnotes.shapes import layer_shapes
net = Sequential(${list.map((one) => (["ReLU6", "Hardswish"].includes(one.kind) ? "Identity()" : written(one))).join(", ")})
found = zip(layer_shapes(net, (${input.join(", ")})), growth(net), strict=True)
print(dumps([{
    "shape": row.output, "parameters": parameters(row.layer), "macs": layer_macs(row.layer, row.input, row.output),
    "field": field.size, "stride": field.stride} for row, (_, _, field) in found]))`;

/** A layer as PyTorch writes it. */
function written({ kind, ...given }) {
  const word = (value) => (value === true ? "True" : value === false ? "False" : Array.isArray(value) ? `(${value.join(", ")})` : typeof value === "string" ? `'${value}'` : value);
  const first = KINDS[kind].takes.slice(0, KINDS[kind].needs);
  const words = Object.entries(given).map(([name, value]) => (first.includes(name) ? word(value) : `${name}=${word(value)}`));
  return `${kind}(${words.join(", ")})`;
}
