/** A double tap sends a form once. The server would bear it; the person sees that something happens. */
export function sendOnce(root) {
  for (const form of root.querySelectorAll("form[method=post]")) {
    form.addEventListener("submit", (event) => {
      if (form.dataset.sent) return event.preventDefault();
      form.dataset.sent = "yes";
      setTimeout(() => delete form.dataset.sent, 4000); // a lost answer must not lock the page
    });
  }
  // Back brings the page from the cache with its marks: they are old.
  addEventListener("pageshow", () => {
    for (const form of root.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
  });
}
