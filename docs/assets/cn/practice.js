// <cn-practice>: exercises to draw and to check. Python has written all of the sheet; this fills it. Unlike the others it
// does not build upon element.js: there is no figure to take the place of, and nothing that could move.
import { h, set, write } from "./dom.js";
import * as core from "./practice-core.js";

class Practice extends HTMLElement {
  connectedCallback() {
    if (this.off) return;
    this.off = new AbortController();
    const on = { signal: this.off.signal }, find = (kind) => this.querySelector(`.cn-live ${kind}`);
    for (const kind of ["prompt", "form", "options", "typed", "said", "told", "count", "another"]) this[kind] = find(`.cn-${kind}`);
    [this.list, this.input, this.unit] = ["select", "input[type=text]", ".cn-unit"].map(find);
    this.list.addEventListener("change", () => this.go({ kind: this.list.value, number: 1 }), on); // focus stays: arrow keys go on
    this.another.addEventListener("click", () => this.next(), on);
    this.form.addEventListener("submit", (event) => (event.preventDefault(), this.check()), on);
    addEventListener("popstate", () => this.load(), on);
    this.value = this.first = { kind: this.list.options[0].value, number: 1 };
    this.classList.add("cn-ready");
    this.load();
  }

  disconnectedCallback() {
    this.off?.abort();
    this.off = null;
  }

  /** The state as text: which variant of which kind is shown. */
  get state() {
    return core.format(this.value);
  }

  /** The variants of the chapter, fetched when they are first needed; null if they do not come. */
  async kinds() {
    const address = this.closest("figure").querySelector('a[href$=".json"]').href;
    this.fetched ??= fetch(address).then((reply) => (reply.ok ? reply.json() : Promise.reject(reply.status)));
    return this.fetched.catch(() => {
      this.fetched = null;
      this.say("", "The variants could not be fetched. The solution is below, with one exercise of each kind.");
      return null;
    });
  }

  /** Show what the address names, if it names a variant of this chapter; the first if it names none. */
  async load() {
    const text = new URLSearchParams(location.search).get(this.id) ?? core.format(this.first);
    if (text === this.state) return;
    const kinds = await this.kinds(), found = kinds && core.parse(text, kinds);
    if (found) this.show(kinds, found);
  }

  /** The variant after this one; the reader is taken to its question. */
  async next() {
    const { kind, number } = this.value;
    await this.go({ kind, number: (number % +this.getAttribute("variants")) + 1 });
    this.prompt.focus();
  }

  async go(value) {
    const kinds = await this.kinds();
    if (!kinds) return;
    this.show(kinds, value);
    const url = new URL(location.href);
    url.searchParams.set(this.id, this.state);
    history.replaceState(history.state, "", url);
  }

  show(kinds, { kind, number }) {
    const variant = kinds[kind][number - 1], choose = variant.options.length > 0;
    this.list.value = kind;
    this.value = { kind, number };
    set(this, { state: this.state });
    write(this.count, `${number} of ${kinds[kind].length}`);
    this.prompt.innerHTML = variant.prompt; // the notes' own, as is all of the file
    this.told.querySelector("ol").innerHTML = variant.steps.map((step) => `<li>${step}</li>`).join("");
    this.told.querySelector("strong").innerHTML = variant.told;
    this.told.open = false;
    this.offer(variant);
    set(this.options, { hidden: !choose });
    set(this.typed, { hidden: choose });
    write(this.unit, variant.unit);
    this.input.value = "";
    this.say("", "");
  }

  /** The options, none of them chosen; boxes where several may be. */
  offer(variant) {
    const legend = this.options.firstElementChild, type = variant.form === "several" ? "checkbox" : "radio";
    const option = (html, place) => {
      const words = h("span");
      words.innerHTML = html;
      return h("label", { class: "cn-option" }, h("input", { type, name: `${this.id}-option`, value: place }), words);
    };
    write(legend, variant.form === "several" ? "All that are right" : "Your answer");
    this.options.replaceChildren(legend, ...variant.options.map(option));
  }

  async check() {
    const kinds = await this.kinds();
    if (!kinds) return;
    const variant = kinds[this.value.kind][this.value.number - 1];
    const chosen = [...this.options.querySelectorAll(":checked")].map((el) => el.value).join(",") || null;
    const { right, text, why } = core.judge(variant, variant.options.length ? chosen : this.input.value);
    this.say(right ? "right" : "wrong", text, why);
  }

  /** Say it politely: emptied first, so that the same words are read out again. */
  say(how, text, why = "") {
    set(this.said, { "data-how": how || null });
    this.said.replaceChildren();
    clearTimeout(this.timer);
    if (!text) return;
    const reason = h("span");
    reason.innerHTML = why;
    this.timer = setTimeout(() => this.said.replaceChildren(text, why ? " " : "", reason), 50);
  }
}

customElements.define("cn-practice", Practice);
