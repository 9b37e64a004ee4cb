// Sessions that a reader edits and runs in the page. All share one namespace: a session is run after those above it that
// have not been run since they were edited.
import { button, h } from "./dom.js";
import { Editor, styled } from "./editor.js";
import { interpreter } from "./python.js";

/** The inputs of a printed session in order: { source, output }, without prompts. */
function examples(code) {
  const found = [];
  for (const line of code.textContent.trimEnd().split("\n")) {
    const typed = line.match(/^(>>>|\.\.\.)(?: |$)(.*)/);
    if (!typed) found.at(-1)?.output.push(line);
    else if (typed[1] === ">>>") found.push({ source: [typed[2]], output: [] });
    else found.at(-1)?.source.push(typed[2]);
  }
  const text = (lines) => lines.join("\n").trimEnd();
  return found.map(({ source, output }) => ({ source: text(source), output: text(output) }));
}

const python = interpreter();
const count = (number, noun) => `${number} ${noun}${number === 1 ? "" : "s"}`;

class Session {
  constructor(block, number) {
    Object.assign(this, { block, title: `session ${number}`, ran: false });
    this.printed = examples(block.querySelector("code"));
    this.code = this.home = this.printed.map(({ source }) => source).join("\n");
  }

  get given() {
    const raising = this.printed.filter(({ output }) => output.startsWith("Traceback (")).map(({ source }) => source);
    const base = new URL(this.block.dataset.live, location.href).href;
    return { base, code: this.code, expected: raising, title: this.title };
  }

  open() {
    if (!this.editor) this.block.append((this.editor = this.#build()).panel);
    this.#show(true);
    this.editor.button.focus();
    this.run();
  }

  async run() {
    if (this.editor.running) return;
    if (python.busy()) return this.say("Another session is running: wait for it, or stop it.");
    this.entries = [];
    this.result.replaceChildren();
    this.editor.busy(true);
    const end = await this.#all();
    this.editor.busy(false);
    if (end === "whole" || end === "failed") this.#compare(end);
    else sessions.forEach((session) => (session.ran = false));
    if (end === "stopped") this.say("Stopped. All names are gone; the next run starts afresh.");
  }

  /** Runs what above has not been run yet, then this. */
  async #all() {
    for (const session of sessions.slice(0, sessions.indexOf(this)).filter(({ ran }) => !ran)) {
      const end = await python.run(session.given, (told) => this.#wait(told, `${session.title} above`));
      session.ran = end === "whole";
      if (end !== "whole") return end === "failed" ? "above" : end;
    }
    const end = await python.run(this.given, (told) => this.#hear(told));
    this.ran = end === "whole";
    return end;
  }

  /** What is told while there is nothing to show yet. */
  #wait({ kind, text }, what) {
    if (kind === "loading") this.say(`Loading Python, ${text} MB, once …`);
    if (kind === "ready") this.say(`Running ${what} …`);
    if (kind === "error") this.say(`Not run, since ${what} fails: ${text}`);
    if (kind === "broken") this.say(`Python could not be run: ${text}`);
  }

  #hear(told) {
    this.#wait(told, this.title);
    const { kind, text } = told;
    if (kind === "input") this.entries.push({ source: text, output: "", error: "" });
    const entry = this.entries.at(-1) ?? { source: "", output: "" }; // of code that cannot be read there is no input
    if (kind === "output") {
      entry.output += text;
      this.#shown(entry).querySelector(".cn-printed").append(text);
    } else if (kind === "error") {
      entry.error = text;
      this.#shown(entry).append(h("p", { class: "cn-error" }, text));
    } else if (kind === "trace") {
      this.#shown(entry).append(h("details", { class: "cn-data" }, h("summary", {}, "The whole traceback"), h("pre", {}, text)));
    }
  }

  /** The place of an input that has something to show; the input stands above it. */
  #shown(entry) {
    if (!entry.el) {
      const typed = entry.source.split("\n").map((line, i) => `${i ? "..." : ">>>"} ${line}`);
      entry.el = h("div", {}, h("pre", { class: "cn-given" }, entry.source && typed.join("\n")), h("pre", { class: "cn-printed" }));
      this.result.append(entry.el);
    }
    return entry.el;
  }

  /** Marks what came out otherwise than it is printed, and says how it went. */
  #compare(end) {
    const printed = [...this.printed];
    let same = 0;
    let other = 0;
    for (const entry of this.entries) {
      const at = printed.findIndex(({ source }) => source === entry.source.trimEnd());
      if (at < 0) continue;
      const [{ output }] = printed.splice(at, 1);
      const agrees = entry.error ? output.endsWith(entry.error) : output === entry.output.trimEnd();
      if (agrees) same += output ? 1 : 0;
      else other += 1;
      if (!agrees)
        this.#shown(entry).append(h("p", { class: "cn-differs" }, "On the page: ", h("code", {}, output || "nothing")));
    }
    const results = this.entries.filter(({ el }) => el).length;
    const error = this.entries.at(-1)?.error || this.result.querySelector(".cn-error")?.textContent;
    if (end === "failed") this.say(`Stopped at an error: ${error}`);
    else if (other) this.say(`Ran. ${count(other, "result")} not as on the page.`);
    else if (results && results === same) this.say(`Ran. ${count(results, "result")}, as on the page.`);
    else this.say(results ? `Ran. ${count(results, "result")}.` : "Ran. There was nothing to print.");
  }

  say(text) {
    this.editor.say(text);
  }

  #build() {
    const reset = button("Reset", () => this.#reset());
    const editor = new Editor({
      id: this.title.replace(" ", "-"), title: this.title, code: this.code,
      label: `Code of ${this.title}: edit it; Ctrl + Enter runs it, Escape closes it`,
      go: () => this.run(), stop: python.stop, edited: (code) => this.#edit(code), leave: () => this.close(),
      extra: [reset, button("Close", () => this.close())],
    });
    this.result = editor.result;
    return editor;
  }

  #edit(code) {
    this.code = code;
    this.ran = false;
  }

  #reset() {
    this.editor.code = this.home;
    this.result.replaceChildren();
    this.say("The code of the page again.");
  }

  close() {
    this.#show(false);
    this.block.querySelector(".cn-play").focus();
  }

  #show(open) {
    for (const el of this.block.children) if (el !== this.editor.panel) el.hidden = open;
    this.editor.panel.hidden = !open;
  }
}

const sessions = [...document.querySelectorAll("[data-live]")].map((block, index) => new Session(block, index + 1));
await styled;

/** Opens the session of a block and runs it. */
export const open = (block) => sessions.find((session) => session.block === block).open();
