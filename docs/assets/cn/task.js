// <cn-task>: a function to write, checked by the page's own Python. Code is kept in this browser alone, and only when it was
// changed; nothing is sent. The solution comes after two tries.
import { button, h, write } from "./dom.js";
import { interpreter } from "./python.js";

const SECONDS = 10;
const TRIES = 2;
const python = interpreter();

/** What is kept of a task: { code, tried, solved }. Where a browser keeps nothing, all else works. */
const key = (name) => `convnotes-${name}`;
function kept(name) {
  try {
    const found = JSON.parse(localStorage.getItem(key(name)));
    return typeof found?.code === "string" ? found : null;
  } catch {
    return null;
  }
}
function keep(name, value) {
  try {
    if (value) localStorage.setItem(key(name), JSON.stringify(value));
    else localStorage.removeItem(key(name));
  } catch {
    // then it is gone when the page is
  }
}

/** A text in which code stands between backticks. */
const worded = (text) => text.split("`").map((part, at) => (at % 2 ? h("code", {}, part) : part));

class Task extends HTMLElement {
  connectedCallback() {
    if (this.off || !this.dataset.python || !location.protocol.startsWith("http")) return;
    this.off = true;
    this.starter = this.querySelector(".cn-starter");
    this.home = this.starter.querySelector("code").textContent;
    const own = kept(this.id);
    this.tries = new Set();
    this.solved = Boolean(own?.solved);
    this.enter = button("", () => this.open(), "cn-enter");
    this.starter.after(this.enter);
    this.#invite();
    this.classList.add("cn-ready");
  }

  #invite() {
    const own = kept(this.id);
    write(this.enter, this.solved ? "Solved. Look at your code" : own ? "Go on with your code" : "Write it here");
  }

  async open() {
    const { Editor, styled } = await import("./editor.js");
    await styled;
    this.editor ??= this.#built(Editor);
    this.#show(true);
    this.editor.text.focus();
  }

  #built(Editor) {
    const name = this.home.match(/def (\w+)/)[1];
    const again = button("Start again", () => this.#restart());
    this.answer = button("Solution", () => this.#solution());
    this.answer.hidden = !this.solved;
    const editor = new Editor({
      id: `${this.id}-code`, title: name, word: "Check", code: kept(this.id)?.code ?? this.home,
      label: "Your code. It is kept in this browser only. Ctrl + Enter checks it, Escape closes it.",
      go: () => this.check(), stop: python.stop, edited: (code) => this.#keep(code), leave: () => this.close(),
      extra: [again, this.answer, button("Close", () => this.close())],
    });
    this.starter.after(editor.panel);
    return editor;
  }

  #keep(code = this.editor.code) {
    keep(this.id, code === this.home && !this.solved ? null : { code, solved: this.solved });
  }

  #restart() {
    this.solved = false;
    this.tries.clear();
    this.answer.hidden = true;
    this.editor.result.replaceChildren();
    this.editor.code = this.home;
    this.editor.say("Your code is erased. This is the start again.");
  }

  #show(open) {
    for (const el of [this.starter, this.enter]) el.hidden = open;
    this.editor.panel.hidden = !open;
  }

  close() {
    python.busy() && this.editor.running && python.stop();
    this.#show(false);
    this.#invite();
    this.enter.focus();
  }

  /** The calls and their answers, fetched once. */
  async #data() {
    const address = this.closest("figure").querySelector('a[href$=".tests.json"]').href;
    this.fetched ??= fetch(address).then((reply) => (reply.ok ? reply.json() : Promise.reject(reply.status)));
    return this.fetched.catch(() => (this.fetched = null));
  }

  async check() {
    const { editor } = this;
    if (editor.running) return;
    if (python.busy()) return editor.say("Other code is running: wait for it, or stop it.");
    editor.busy(true);
    editor.result.replaceChildren();
    const task = await this.#data();
    if (!task) return editor.busy(false), editor.say("The tests could not be fetched. Try again.");
    const base = new URL(this.dataset.python, location.href).href, code = editor.code;
    const told = { cases: [], output: "", call: "", why: "", failed: "", broken: "" };
    let clock;
    const end = await python.run({ base, code, task: JSON.stringify(task) }, ({ kind, text }) => {
      if (kind === "loading") editor.say(`Loading Python, ${text} MB, once …`);
      else if (kind === "ready") editor.say("Checking …"), (clock = setTimeout(() => python.stop("late"), SECONDS * 1000));
      else if (kind === "case") told.cases.push(JSON.parse(text));
      else if (kind === "output") told.output += text;
      else told[kind] = text;
    });
    clearTimeout(clock);
    editor.busy(false);
    if (code.trim() !== this.home.trim() && end !== "broken") this.tries.add(code.trim());
    this.#tell(end, told, task);
  }

  #tell(end, told, task) {
    const { editor } = this, every = task.cases.length;
    const right = told.cases.filter((one) => one.right).length, wrong = told.cases.find((one) => !one.right);
    this.solved ||= right === every;
    if (this.solved) this.#keep();
    this.answer.hidden = !this.solved && this.tries.size < TRIES;
    const rows = [];
    const own = (...kids) => rows.push(h("p", { class: "cn-verdict" }, ...kids));
    if (end === "broken") editor.say(`Python could not be run: ${told.broken}`);
    else if (end === "stopped") editor.say("Stopped.");
    else if (end === "late") editor.say(`Stopped after ${SECONDS} seconds: ${told.call ? "this call did not end" : "the code did not end"}.`);
    else if (told.failed) editor.say("The code cannot be run.");
    else editor.say(right === every ? `All ${every} calls are right.` : `${right} of ${every} calls are right.`);
    if (end === "late" && told.call) own(h("code", {}, told.call), " did not end.");
    if (told.failed) own(...worded(told.failed));
    if (wrong) own(h("code", {}, wrong.call), " ", ...worded(`${wrong.said}.`));
    if (told.why) {
      const why = h("p", { class: "cn-why" });
      why.innerHTML = told.why; // the notes' own
      rows.push(why);
    }
    if (told.output) rows.push(h("p", { class: "cn-verdict" }, "Your code prints:"), h("pre", { class: "cn-printed" }, told.output));
    if (told.cases.length) {
      const calls = told.cases.map((one) => h("li", { "data-how": one.right ? "right" : "wrong" }, h("code", {}, one.call), " ", ...worded(one.right ? "right" : one.said)));
      rows.push(h("details", { class: "cn-data" }, h("summary", {}, `All calls (${told.cases.length})`), h("ul", {}, ...calls)));
    }
    if (!this.solved && this.answer.hidden) rows.push(h("p", { class: "cn-later" }, `The solution comes after ${TRIES} tries of your own.`));
    editor.result.replaceChildren(h("div", {}, ...rows));
  }

  async #solution() {
    const task = await this.#data();
    if (!task) return this.editor.say("The solution could not be fetched. Try again.");
    const shown = h("div", {}, h("p", { class: "cn-verdict", tabindex: -1 }, "One solution:"), h("pre", {}, task.solution));
    this.editor.result.replaceChildren(shown);
    shown.firstChild.focus();
  }
}

customElements.define("cn-task", Task);

// At the foot of the page: everything that is kept of the tasks can be forgotten at once.
const forget = document.getElementById("forget-code");
if (forget && !forget.childElementCount && document.querySelector("cn-task[data-python]")) {
  const said = h("span", { role: "status" });
  const all = () => {
    document.querySelectorAll("cn-task").forEach((task) => keep(task.id, null));
    write(said, " Erased. Load the page again to begin afresh.");
  };
  forget.append("Your code is kept in this browser, so that you can go on another day. ", button("Erase all my code", all, "cn-enter"), said);
}
