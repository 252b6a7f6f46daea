/**
 * Colours to click beside a text field that holds "#rrggbb" or nothing: round buttons, the browser's own picker and,
 * with `own`, a way back to nothing. The field stays what the form sends.
 */
export function addSwatches(input, colors, words, { own = "" } = {}) {
  if (!input) return;
  const row = Object.assign(document.createElement("div"), { className: "swatches" });
  const buttons = colors.map((color) => {
    const button = Object.assign(document.createElement("button"), { type: "button", className: "swatch", title: color });
    button.setAttribute("aria-label", color);
    button.style.background = color;
    button.addEventListener("click", () => put(color));
    return button;
  });
  const picker = Object.assign(document.createElement("input"), { type: "color", value: input.value || colors[0] });
  picker.setAttribute("aria-label", words.pick);
  picker.addEventListener("input", () => put(picker.value));
  row.append(...buttons, picker);
  if (own) {
    const none = Object.assign(document.createElement("button"), { type: "button", className: "swatch-own", textContent: own });
    none.addEventListener("click", () => put(""));
    row.append(none);
  }
  input.after(row);
  input.addEventListener("input", mark);
  mark();

  function put(color) {
    input.value = color;
    input.dispatchEvent(new Event("input", { bubbles: true }));
  }

  function mark() {
    for (const button of buttons) button.setAttribute("aria-pressed", String(button.title === input.value.toLowerCase()));
    if (/^#[0-9a-f]{6}$/i.test(input.value)) picker.value = input.value;
  }
}
