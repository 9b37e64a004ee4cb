// The form of the start page: layers in PyTorch's words, and a table of what they come to. The script of the page answers at
// once; where the site brings Python for its sessions, the package answers after it, and what it says stands.
import { condition, layers, rows, session } from "./ask-core.js";
import { h, table, write } from "./dom.js";
import { interpreter } from "./python.js";

const whole = (n) => n.toLocaleString("en-US");
const pair = ([a, b]) => (a === null ? "whole picture" : a === b ? String(a) : `${a} × ${b}`);

export function ready(fold) {
  const start = fold.querySelector("code")?.textContent.trim() ?? "", live = document.querySelector("[data-live]")?.dataset.live;
  const text = h("textarea", { id: "ask-layers", rows: Math.max(6, start.split("\n").length), spellcheck: "false", autocapitalize: "off" });
  const size = h("input", { id: "ask-input", type: "text", value: "3, 224, 224" });
  const said = h("p", { class: "cn-sum" }), found = table("What the layers come to", ["Layer", "Output", "#Parameters", "#MACs", "Field", "Stride"]);
  const rests = h("p", { class: "cn-word" }), answer = h("div", { role: "status" }, said, rests), by = h("p", { class: "cn-by" });
  const python = interpreter();
  let turn = Promise.resolve(), latest; // at most one run at a time; of those that wait, only the last is wanted
  text.value = start;

  const say = (words, known = false) => {
    write(said, words);
    write(rests, condition(text.value));
    rests.hidden = !rests.textContent;
    found.el.hidden = !known;
  };
  const show = (list) => {
    found.show(list.map(({ name, shape, parameters, macs, field, stride }) => [name, shape.join(" × "), whole(parameters), whole(macs), pair(field), field[0] === null ? "–" : pair(stride)]));
    const sum = (what) => whole(list.reduce((all, row) => all + row[what], 0));
    const { field } = list.at(-1), seen = field[0] === null ? "the whole picture" : `${field.join(" × ")} pixels`;
    say(`${sum("parameters")} parameters and ${sum("macs")} MACs. One number of the output depends on ${seen}.`, true);
  };
  const ask = () => {
    latest = null;
    try {
      const input = size.value.split(/[,×x ]+/).filter(Boolean).map(Number);
      if (input.length !== 3 || !input.every((n) => Number.isInteger(n) && n > 0)) throw "An input is three whole numbers: channels, height, width.";
      const wanted = layers(text.value, input), list = rows(wanted, input);
      if (!list.length) throw "No layer yet: write one, such as Conv2d(3, 64, 7, stride=2, padding=3).";
      show(list);
      return { list, code: session(wanted, input) };
    } catch (error) {
      say(typeof error === "string" ? error : "These layers could not be read.");
    }
  };
  const check = async (asked) => {
    if (asked !== latest) return;
    let printed = "", wrong = "";
    const end = await python.run({ base: new URL(live, location.href).href, code: asked.code, expected: [], title: "layers", kept: Infinity }, ({ kind, text }) => {
      if (kind === "loading") write(by, `Computed by this page's script. The package is loading, ${text} MB, once …`);
      if (kind === "output") printed += text;
      if (kind === "error") wrong = text.replace(/^\w+: /, "");
    });
    if (asked !== latest) return;
    if (end === "whole") show(JSON.parse(printed).map((row, at) => ({ ...asked.list[at], ...row })));
    else if (wrong) say(wrong);
    write(by, end === "whole" || wrong ? "Computed by the package, in Python, in this page." : "Computed by this page's script: the package could not be loaded.");
  };
  for (const field of [text, size])
    field.addEventListener("input", () => {
      const asked = ask();
      if (!asked) return write(by, "");
      if (!live || !location.protocol.startsWith("http")) return;
      latest = asked;
      turn = turn.then(() => check(asked));
    });
  fold.append(h("div", { class: "cn-live cn-asked" }, h("label", { for: "ask-layers" }, "Layers, or an nn.Sequential"), text,
    h("label", { for: "ask-input" }, "Input: channels, height, width"), size, answer, found.el, by));
  ask();
}
