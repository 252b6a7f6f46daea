/** The page's dialogs. `ask(name)` resolves with the pressed button's value, "" when it was dismissed. */
export class Sheets {
  ask(name) {
    const sheet = document.querySelector(`[data-sheet="${name}"]`);
    if (sheet.open) return Promise.resolve("");
    sheet.returnValue = "";
    sheet.showModal();
    return new Promise((resolve) => sheet.addEventListener("close", () => resolve(sheet.returnValue), { once: true }));
  }

  get isOpen() {
    return Boolean(document.querySelector("dialog[open]"));
  }

  closeAll() {
    for (const sheet of document.querySelectorAll("dialog[open]")) sheet.close();
  }
}
