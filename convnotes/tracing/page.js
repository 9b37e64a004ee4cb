/* Draws the field of the layer that is pointed at or focused, and unfolds modules on the way to a link's target. */
const field = document.getElementById("field"), said = document.getElementById("said");

function show(button) {
  const [x, y, width, height] = button.dataset.box.split(" ");
  for (const [name, value] of Object.entries({ x, y, width, height })) field.setAttribute(name, value);
  document.querySelector("[aria-current]")?.removeAttribute("aria-current");
  button.setAttribute("aria-current", "true");
  said.textContent = button.dataset.say;
}

for (const button of document.querySelectorAll("button[data-box]"))
  for (const event of ["pointerenter", "focus", "click"]) button.addEventListener(event, () => show(button));

function unfold() {
  let element = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  for (; element; element = element.parentElement) if (element.tagName === "DETAILS") element.open = true;
}

addEventListener("hashchange", unfold);
unfold();
