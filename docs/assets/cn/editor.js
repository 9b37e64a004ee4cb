// What is typed and run in the page: a field for the code, buttons, how it goes, and what comes of it. Sessions and tasks share it.
import { button, h, write } from "./dom.js";

/** Where `live.css` is there: it comes with the first editor. */
export const styled = new Promise((done) => {
  const look = h("link", { rel: "stylesheet", href: new URL("./live.css", import.meta.url).href });
  look.onload = look.onerror = done;
  document.head.append(look);
});

export class Editor {
  /** `go` runs the code, `stop` ends that, `edited` hears what is typed, `leave` closes; `extra` are more buttons. */
  constructor({ id, title, label, code, word = "Run", go, stop, edited, leave, extra = [] }) {
    Object.assign(this, { word, go, stop, leave, edited });
    this.text = h("textarea", { id, spellcheck: "false", autocapitalize: "off", autocomplete: "off", wrap: "off" });
    this.button = button(word, () => (this.running ? stop() : go()), "cn-go");
    this.status = h("p", { class: "cn-status", role: "status" });
    this.result = h("div", { class: "cn-result", role: "group", "aria-label": `What ${title} prints` });
    const tools = h("div", { class: "cn-tools" }, this.button, ...extra, this.status);
    this.panel = h("div", { class: "cn-open", role: "group", "aria-label": `${word} ${title}` }, h("label", { for: id }, label), this.text, tools, this.result);
    this.text.addEventListener("input", () => this.#typed());
    this.panel.addEventListener("keydown", (event) => this.#key(event));
    this.code = code;
  }

  get code() {
    return this.text.value;
  }

  set code(code) {
    this.text.value = code;
    this.#typed();
  }

  #typed() {
    this.text.rows = this.code.split("\n").length;
    this.edited(this.code);
  }

  busy(running) {
    this.running = running;
    write(this.button, running ? "Stop" : this.word);
  }

  say(text) {
    setTimeout(() => write(this.status, text)); // a status is read out when it changes, not when it is made
  }

  #key(event) {
    if (event.key === "Enter" && event.target === this.text && !event.isComposing && !(event.ctrlKey || event.metaKey || event.shiftKey)) return this.#indented(event);
    const runs = event.key === "Enter" && (event.ctrlKey || event.metaKey);
    if (!runs && event.key !== "Escape") return;
    event.preventDefault();
    if (runs) this.go();
    else if (this.running) this.stop();
    else this.leave();
  }

  /** A new line begins where this one does, and further in after a colon. */
  #indented(event) {
    const { selectionStart, value } = this.text;
    const line = value.slice(value.lastIndexOf("\n", selectionStart - 1) + 1, selectionStart);
    const room = line.match(/^ */)[0] + (/:\s*(#.*)?$/.test(line) ? "    " : "");
    if (!room) return;
    event.preventDefault();
    document.execCommand("insertText", false, `\n${room}`); // no other way keeps what can be undone
  }
}
