/* What every interactive shares. To add one called NAME:

   NAME-core.js  no DOM: GRAMMAR (the text of one regular expression, the same as Python's), parse(text, data) giving
                 { value, words } or null, format(value, data) giving the shortest text that parses to value, and
                 reading(value, data) giving what the figure must show. Python has the same three; golden cases hold
                 the two equal. Values outside their range are clamped by parse, which says so in `words`.
   NAME.js       class extends Interactive, with static core; build() setting this.table and giving what is above the
                 sentence, one .cn-stage in it; show(value) drawing it and returning the sentence that says what is seen;
                 and readout, read back from what show has drawn; then customElements.define("cn-NAME", …).
   Python        a function of exhibits/<chapter>.py returning a Widget: its fence puts all of this on the page.
   tests         one entry in tests/browser/widgets.py.

   The state is one short text [A-Za-z0-9._-]: attribute, property, URL value and citation alike. One that is `secret`, of
   which a page has one at most, is in the fragment, #key=state, which a browser sends to no server. In build(), use
   presets, slider, choice, toggle and drag; they call change({…}), which clamps, draws, and sets the URL and the status
   once the hand rests. Order on the sheet: presets, stage, controls, sentence, table. Write into a stage no wider than
   this.wide, which is kept current. Fills carry values, outlines carry roles; a word says whatever a colour says. */

import { button, each, h, set, write } from "./dom.js";

let arrived = false; // at the interactive whose state the address holds

const held = (part, key) => new URLSearchParams(location[part].slice(1)).get(key);
const loaded = (act) => (document.readyState === "complete" ? act() : addEventListener("load", act, { once: true }));

/** The state that the address holds for a key, or null; the key alone as a fragment is a place. */
export const addressed = (key) => held("hash", key) || held("search", key);

export class Interactive extends HTMLElement {
  #off;
  #timers = {};
  #path = location.pathname;
  #shown = []; // controls that follow the state
  #place; // of the page, to which a link leads

  connectedCallback() {
    if (this.#off) return;
    this.#off = new AbortController();
    this.key = this.getAttribute("key");
    this.home = this.getAttribute("state");
    this.data = JSON.parse(this.dataset.given);
    const parts = this.build();
    this.sentence = h("p", { class: "cn-sum" });
    this.word = h("p", { class: "cn-word", hidden: true });
    this.status = h("p", { class: "cn-sr", role: "status" });
    this.live = h("div", { class: "cn-live", role: "group", "aria-label": this.label },
      h("div", { class: "cn-work" }, ...parts), this.word, this.sentence, this.table.el, this.#tools(), this.status);
    this.append(this.live);
    this.classList.add("cn-ready");
    this.#measure();
    this.#arrive();
    this.#load();
    this.#listen({ signal: this.#off.signal });
  }

  disconnectedCallback() {
    this.#off?.abort();
    this.#off = null;
    this.#shown = [];
    Object.values(this.#timers).forEach(clearTimeout);
    this.live.remove();
    this.classList.remove("cn-ready");
  }

  get label() {
    return this.getAttribute("label");
  }

  /** Whether the state is the reader's own, such as a drawing. */
  get secret() {
    return false;
  }

  /** The state as text. Setting what cannot be read keeps the last one, and says so. */
  get state() {
    return this.constructor.core.format(this.value, this.data);
  }
  set state(text) {
    const { core } = this.constructor;
    const read = core.parse(String(text), this.data);
    const { value, words } = read ?? core.parse(this.value ? this.state : this.home, this.data);
    const instead = this.value ? "the one before stays" : "here is the first one";
    this.value = value;
    this.#draw(read ? words : [`No state is called that: ${instead}.`]);
  }

  /** Change part of the state, as a hand on a control does. */
  change(part) {
    this.go(this.constructor.core.format({ ...this.value, ...part }, this.data));
  }

  /** Go to a state, and let the URL and the status follow. */
  go(state) {
    this.state = state;
    this.#later("url", 250, () => this.#share("replaceState")); // some browsers refuse more than 100 in 30 seconds
    this.status.textContent = "";
    this.#later("say", 700, () => (this.status.textContent = `${this.word.textContent} ${this.sentence.textContent}`.trim()));
  }

  /** Calls `act` whenever a state has been shown. */
  follows(act) {
    this.#shown.push(act);
  }

  /** Buttons that go to a state; `list` of { name: state }. `same` gives the part of a state that makes it this preset. */
  presets(list, same = (state) => state) {
    const canonical = (state) => same(this.constructor.core.format(this.constructor.core.parse(state, this.data).value, this.data));
    const chips = Object.entries(list).map(([name, state]) => [button(name, () => this.go(state)), canonical(state)]);
    this.#shown.push(() => chips.forEach(([chip, state]) => set(chip, { "aria-pressed": String(state === same(this.state)) })));
    return h("div", { class: "cn-bar" }, ...chips.map(([chip]) => chip));
  }

  /** A slider; `of(value)` is its place, `words(place)` what a screen reader and the label say of it. */
  slider(label, range, of, change, words = String) {
    const id = `${this.key}-${label.toLowerCase().replaceAll(" ", "-")}`;
    const input = h("input", { type: "range", id, ...range });
    const said = h("span", { class: "cn-value", "aria-hidden": "true" });
    let before = "";
    input.addEventListener("input", () => change(+input.value));
    input.addEventListener("pointerdown", () => (before = this.state));
    input.addEventListener("pointercancel", () => this.state !== before && this.go(before)); // it was the page that was scrolled
    const el = h("div", { class: "cn-slider" }, h("label", { for: id }, label), said, input);
    this.#shown.push(() => {
      const place = of(this.value);
      if (+input.value !== place) input.value = place;
      write(said, words(place));
      set(input, { "aria-valuetext": words(place) });
    });
    return Object.assign(el, { input });
  }

  /** A list to choose from; `options(value)` are [value, name]. */
  choice(label, options, of, change) {
    const id = `${this.key}-${label.toLowerCase().replaceAll(" ", "-")}`;
    const list = h("select", { id });
    list.addEventListener("change", () => change(list.value));
    this.#shown.push(() => {
      each(list, options(this.value), () => h("option"), (option, [value, name]) => write(set(option, { value }), name));
      if (list.value !== String(of(this.value))) list.value = of(this.value);
    });
    return h("div", { class: "cn-choice" }, h("label", { for: id }, label), list);
  }

  /** A switch. */
  toggle(label, of, change) {
    const box = h("input", { type: "checkbox", role: "switch" });
    box.addEventListener("change", () => change(box.checked));
    this.#shown.push(() => (box.checked = of(this.value)));
    return h("label", { class: "cn-switch" }, box, label);
  }

  /** Calls `move(x, y, tapped)`, in pixels from the corner of `el`, while a pointer is held on it.

      A finger that comes down may be about to scroll the page. It moves something once it goes sideways, or when it is
      lifted where it came down, `tapped`; what the browser takes for scrolling leaves everything as it was. The one
      exception has `touch-action: none`: the paper of the walk, on which a finger draws in every direction. */
  drag(el, move) {
    let down = null, before = "";
    const to = (event, tapped) => {
      const box = el.getBoundingClientRect();
      down = null;
      move(event.clientX - box.left, event.clientY - box.top, tapped);
    };
    el.addEventListener("pointerdown", (event) => {
      el.setPointerCapture(event.pointerId);
      before = this.state;
      if (event.pointerType === "touch" && getComputedStyle(el).touchAction !== "none") down = event;
      else to(event);
    });
    el.addEventListener("pointermove", (event) => {
      if (!el.hasPointerCapture(event.pointerId)) return;
      if (!down || Math.abs(event.clientX - down.clientX) > Math.max(6, Math.abs(event.clientY - down.clientY))) to(event);
    });
    el.addEventListener("pointerup", (event) => down && to(event, true));
    el.addEventListener("pointercancel", () => {
      if (!down && this.state !== before) this.go(before);
      down = null;
    });
    return el;
  }

  #load() {
    this.state = addressed(this.key) ?? this.home;
    if (this.secret && held("search", this.key)) loaded(() => this.#share("replaceState")); // not before the browser has read the place
  }

  /** A link to a place of the page leaves a secret state as it is, and in the address; another step sets what is there. */
  #step() {
    if (location.pathname !== this.#path) return;
    const led = location.href === this.#place;
    this.#place = null;
    if (led && this.secret) this.#share("replaceState");
    else this.#load();
  }

  /** An address that holds a state but no place leads to it; one read again stays where it was. */
  #arrive() {
    const [{ type } = {}] = performance.getEntriesByType("navigation");
    const led = location.hash && !held("hash", this.key);
    if (arrived || led || type !== "navigate" || addressed(this.key) === null) return;
    arrived = true;
    loaded(() => (this.closest(".cn-exhibit") ?? this).scrollIntoView());
  }

  #draw(words) {
    if (!this.value) return;
    if (words) this.tell(words.join(" "));
    write(this.sentence, this.show(this.value));
    this.#shown.forEach((follow) => follow());
  }

  /** A word on what could not be had; nothing said, nothing shown. */
  tell(words) {
    write(this.word, words);
    set(this.word, { hidden: !words });
  }

  #measure() {
    this.wide = Math.max(200, this.live.querySelector(".cn-stage").parentElement.clientWidth); // 0 while hidden
  }

  #listen(on) {
    addEventListener("popstate", () => this.#step(), on);
    addEventListener("click", (event) => this.#follow(event), { ...on, capture: true });
    const box = this.live.querySelector(".cn-stage").parentElement;
    const watch = new ResizeObserver(() => {
      const before = this.wide;
      this.#measure();
      if (before !== this.wide) this.#draw();
    });
    watch.observe(box);
    on.signal.addEventListener("abort", () => watch.disconnect());
  }

  /** A link in the prose to `?key=state` of this page sets the figure in its place. */
  #follow(event) {
    const link = event.target.closest?.("a:is([href*='?'], [href*='#']):not([target])");
    if (!link || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    const url = new URL(link.href);
    this.#place = url.href;
    if (url.origin + url.pathname !== location.origin + location.pathname || !url.searchParams.has(this.key)) return;
    event.preventDefault();
    event.stopPropagation();
    this.go(url.searchParams.get(this.key));
    this.#share("pushState");
    this.scrollIntoView({ block: "nearest" });
  }

  /** The page's address with the state in it, or without if it is the one that the figure starts with. */
  #url(always) {
    const url = new URL(location.href);
    const home = this.constructor.core.format(this.constructor.core.parse(this.home, this.data).value, this.data);
    if (this.secret || (!always && this.state === home)) url.searchParams.delete(this.key);
    else url.searchParams.set(this.key, this.state);
    if (this.secret) url.hash = `${this.key}=${this.state}`;
    else if (held("hash", this.key)) url.hash = "";
    return url;
  }

  #share(how) {
    clearTimeout(this.#timers.url);
    const { href } = this.#url();
    if (href !== location.href && location.pathname === this.#path) history[how](history.state, "", href);
  }

  #tools() {
    const reset = button("Reset", () => this.go(this.home), "cn-tool");
    const copy = button("Copy link", () => this.#offer(copy, this.#link()), "cn-tool");
    const cite = button("Cite this state", () => this.#offer(cite, this.#citation()), "cn-tool");
    this.text = h("textarea", { class: "cn-offer", readonly: true, rows: 3, hidden: true, "aria-label": "Text to copy" });
    return h("div", { class: "cn-tools" }, reset, copy, cite, this.text);
  }

  #link() {
    const url = this.#url(true);
    if (!this.secret) url.hash = this.id;
    return url.href;
  }

  #citation() {
    return `${document.title}: ${this.label}, state ${this.key}=${this.state}. ${this.sentence.textContent} ${this.#link()}`;
  }

  /** Put `text` on the clipboard; where that is not allowed, show it to be copied by hand. */
  async #offer(from, text) {
    try {
      await navigator.clipboard.writeText(text);
      from.dataset.name ??= from.textContent;
      from.textContent = this.status.textContent = "Copied";
      this.#later(from.dataset.name, 1500, () => (from.textContent = from.dataset.name));
    } catch {
      this.text.hidden = false;
      this.text.value = text;
      this.text.select();
    }
  }

  #later(name, wait, act) {
    clearTimeout(this.#timers[name]);
    this.#timers[name] = setTimeout(act, wait);
  }
}
