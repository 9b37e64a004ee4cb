// The form of the start page: layers in PyTorch's words, and a table of what they come to.
import { layers, rows } from "./ask-core.js";
import { h, table, write } from "./dom.js";

const whole = (n) => n.toLocaleString("en-US");
const pair = ([a, b]) => (a === null ? "whole picture" : a === b ? String(a) : `${a} × ${b}`);

export function ready(fold) {
  const start = fold.querySelector("code")?.textContent.trim() ?? "";
  const text = h("textarea", { id: "ask-layers", rows: Math.max(6, start.split("\n").length), spellcheck: "false", autocapitalize: "off" });
  const size = h("input", { id: "ask-input", type: "text", value: "3, 224, 224" });
  const said = h("p", { class: "cn-sum", role: "status" }), found = table("What the layers come to", ["Layer", "Output", "#Parameters", "#MACs", "Field", "Stride"]);
  text.value = start;
  const ask = () => {
    try {
      const input = size.value.split(/[,×x ]+/).filter(Boolean).map(Number);
      if (input.length !== 3 || !input.every((n) => Number.isInteger(n) && n > 0)) throw "An input is three whole numbers: channels, height, width.";
      const list = rows(layers(text.value), input);
      if (!list.length) throw "No layer yet: write one, such as Conv2d(3, 64, 7, stride=2, padding=3).";
      found.show(list.map(({ name, shape, parameters, macs, field, stride }) => [name, shape.join(" × "), whole(parameters), whole(macs), pair(field), field[0] === null ? "–" : pair(stride)]));
      const sum = (what) => whole(list.reduce((all, row) => all + row[what], 0));
      const { field } = list.at(-1), seen = field[0] === null ? "the whole picture" : `${field.join(" × ")} pixels`;
      write(said, `${sum("parameters")} parameters and ${sum("macs")} MACs. One number of the output depends on ${seen}.`);
      found.el.hidden = false;
    } catch (error) {
      found.el.hidden = true;
      write(said, typeof error === "string" ? error : "These layers could not be read.");
    }
  };
  for (const field of [text, size]) field.addEventListener("input", ask);
  fold.append(h("div", { class: "cn-live cn-asked" }, h("label", { for: "ask-layers" }, "Layers, or an nn.Sequential"), text,
    h("label", { for: "ask-input" }, "Input: channels, height, width"), size, said, found.el));
  ask();
}
