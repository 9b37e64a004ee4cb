// A picture file as the network was taught to read: dark or light, its digit is fitted into 20×20 pixels and centred by its mass.
import { SIDE } from "./walk-core.js";

const FIT = 20, MOST = 400, FAINT = 0.18; // of MNIST; pixels that are looked at, at most; what counts as ground

/** How many pixels a PNG file says that it has: a small file can be a huge picture. Of other files, 0. */
export async function claimed(file) {
  const head = new DataView(await file.slice(0, 24).arrayBuffer());
  return head.byteLength === 24 && head.getUint32(0) === 0x89504e47 ? head.getUint32(16) * head.getUint32(20) : 0;
}

/** 28×28 numbers from 0 to 1, or null if nothing stands out. */
export function fitted(bitmap) {
  const scale = Math.min(1, MOST / Math.max(bitmap.width, bitmap.height)), [width, height] = [bitmap.width, bitmap.height].map((side) => Math.max(1, Math.round(side * scale)));
  const context = Object.assign(document.createElement("canvas"), { width, height }).getContext("2d", { willReadFrequently: true });
  context.fillStyle = "#fff"; // where the picture is transparent
  context.fillRect(0, 0, width, height);
  context.drawImage(bitmap, 0, 0, width, height);
  const { data } = context.getImageData(0, 0, width, height);
  return centred(Float64Array.from({ length: width * height }, (_, at) => (0.299 * data[4 * at] + 0.587 * data[4 * at + 1] + 0.114 * data[4 * at + 2]) / 255), width, height);
}

/** The same of lightnesses from 0 to 1, row by row. */
export function centred(light, width, height) {
  const edge = light.filter((_, at) => at < width || at >= light.length - width || at % width === 0 || (at + 1) % width === 0).sort();
  const ground = edge[edge.length >> 1], apart = light.map((value) => Math.abs(value - ground)), most = apart.reduce((a, b) => Math.max(a, b), 0);
  if (most < 0.1) return null;
  const ink = apart.map((value) => Math.max(0, (value / most - FAINT) / (1 - FAINT))), rows = [], columns = [];
  ink.forEach((value, at) => value > 0 && (rows.push(Math.floor(at / width)), columns.push(at % width)));
  const range = (list) => [list.reduce((a, b) => Math.min(a, b)), list.reduce((a, b) => Math.max(a, b)) + 1];
  const [top, bottom] = range(rows), [left, right] = range(columns), scale = FIT / Math.max(bottom - top, right - left);
  let mass = 0, down = 0, across = 0;
  ink.forEach((value, at) => {
    mass += value;
    down += value * (Math.floor(at / width) + 0.5 - top) * scale;
    across += value * ((at % width) + 0.5 - left) * scale;
  });
  return resampled(ink, width, height, { top, left, scale, down: Math.round(SIDE / 2 - down / mass), right: Math.round(SIDE / 2 - across / mass) });
}

/** Each pixel of 28×28 is the mean of the part of the ink that lies under it. */
function resampled(ink, width, height, { top, left, scale, down, right }) {
  const out = new Float64Array(SIDE * SIDE), fine = 4; // places looked at, along each side of a pixel
  const steps = Math.max(fine, Math.ceil(1 / scale));
  for (let i = 0; i < SIDE; i++)
    for (let j = 0; j < SIDE; j++) {
      let sum = 0;
      for (let a = 0; a < steps; a++)
        for (let b = 0; b < steps; b++) {
          const row = Math.floor(top + (i - down + (a + 0.5) / steps) / scale), column = Math.floor(left + (j - right + (b + 0.5) / steps) / scale);
          if (row >= 0 && row < height && column >= 0 && column < width) sum += ink[row * width + column];
        }
      out[i * SIDE + j] = Math.min(1, sum / steps ** 2);
    }
  return out;
}
