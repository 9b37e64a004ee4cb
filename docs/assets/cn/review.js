// Questions of chapters read before, three at a time, below the self-check of this one. What was read and what was known is
// kept in this browser alone: nothing is sent. From the first page on a line says so, with a button to forget it.
import { button, h } from "./dom.js";
import * as core from "./review-core.js";

const KEY = "convnotes-review";
const today = () => Math.floor(Date.now() / 864e5);

/** What is kept; nothing where the browser keeps nothing, or holds what cannot be read. */
function kept() {
  try {
    return core.sound(JSON.parse(localStorage.getItem(KEY)));
  } catch {
    return core.sound(null);
  }
}

/** Whether it is kept. A browser may keep nothing: then questions come back no more, and all else works. */
function keep(state) {
  try {
    localStorage.setItem(KEY, JSON.stringify(state));
    return true;
  } catch {
    return false;
  }
}

/** The questions of a page's self-check, and its title. */
function asked(page) {
  const found = [];
  for (let at = page.querySelector("#check-yourself")?.nextElementSibling; at && at.tagName !== "H2"; at = at.nextElementSibling) {
    if (at.matches("details.question")) found.push(at);
  }
  return found;
}

/** The questions of another page, whose links lead where they led there. */
async function fetched(path) {
  const base = new URL(path, root());
  const reply = await fetch(base);
  if (!reply.ok) return [];
  const page = new DOMParser().parseFromString(await reply.text(), "text/html");
  return asked(page).map((question) => {
    for (const name of ["href", "src"]) {
      question.querySelectorAll(`[${name}]`).forEach((el) => el.setAttribute(name, new URL(el.getAttribute(name), base)));
    }
    question.querySelectorAll("[id]").forEach((el) => el.removeAttribute("id"));
    question.removeAttribute("id");
    return { question: document.adoptNode(question), title: page.querySelector("h1")?.firstChild.textContent.trim() ?? path };
  });
}

const root = () => new URL(`${JSON.parse(document.getElementById("__config").textContent).base}/`, location.href);
const here = () => location.href.replace(/[?#].*/, "").replace(root().href, "");

/** Note that the page was read to its self-check, and show what is due of others. */
export async function ready(heading) {
  if (!location.protocol.startsWith("http")) return;
  const state = kept(), day = today(), path = here();
  const due = core.due(state, path, day);
  if (!keep(core.read(state, path, asked(document).length, day))) return;
  const foot = said();
  let end = heading;
  while (end.nextElementSibling && end.nextElementSibling.tagName !== "H2") end = end.nextElementSibling;
  end.after(foot);
  const cards = [];
  for (const { path, place } of due) {
    const found = (await fetched(path).catch(() => []))[place];
    if (found) cards.push(card(found, path, place));
  }
  const forgotten = localStorage.getItem(KEY) === null; // while they were fetched
  if (cards.length && foot.isConnected && !forgotten) foot.before(section(cards));
}

function card({ question, title }, path, place) {
  const rate = (known, word) =>
    button(word, () => {
      keep(core.rated(kept(), path, place, known, today()));
      said.textContent = known ? "It comes back later." : "It comes back tomorrow.";
      buttons.hidden = true;
      said.focus();
    });
  const buttons = h("span", { class: "cn-row" }, rate(true, "I knew it"), rate(false, "Not yet"));
  const said = h("span", { role: "status", tabindex: -1 });
  question.open = false;
  question.append(h("p", {}, buttons, said));
  return [h("p", { class: "cn-from" }, "From ", h("a", { href: new URL(path, root()).href }, title)), question];
}

function section(cards) {
  return h("section", { class: "cn-review", "aria-labelledby": "cn-review" },
    h("h3", { id: "cn-review" }, "Do you still know?"),
    h("p", {}, "Questions of chapters that you have read before."),
    ...cards.flat());
}

/** The line that says what is kept, wherever something is. */
function said() {
  const forget = button("Forget it all", () => {
    try {
      localStorage.removeItem(KEY);
    } catch {
      // then nothing is kept there
    }
    document.querySelector("section.cn-review")?.remove();
    line.replaceChildren(done);
    done.textContent = "Forgotten. The next chapter that you read is kept again.";
    done.focus();
  });
  const done = h("span", { role: "status", tabindex: -1 });
  const line = h("p", { class: "cn-review cn-kept" },
    "Questions of chapters that you have read come back on other days. Which chapters these are and what you knew is kept in this browser only. ", forget, done);
  return line;
}
