/** What stands inside an <avatar-presenter>: the poster, the canvas and the few words over them. */
const STYLE = `
:host { display: block; position: relative; overflow: hidden; aspect-ratio: 1; background: #cfdce6; color: #fff; border-radius: 16px;
  font: 500 1rem/1.4 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif; container-type: inline-size; }
:host([hidden]) { display: none; }
img, canvas { position: absolute; inset: 0; width: 100%; height: 100%; display: block; }
img { object-fit: cover; }
img:not([src]), [hidden], p:empty { display: none !important; }
.badge { position: absolute; top: 12px; left: 12px; padding: 3px 10px; border-radius: 99px; background: rgb(8 13 28 / 72%); font-size: .8125rem; }
.below { position: absolute; left: 12px; right: 12px; bottom: 12px; display: grid; gap: 8px; justify-items: center; pointer-events: none; }
p { margin: 0; max-width: 46ch; padding: 8px 14px; border-radius: 14px; background: rgb(8 13 28 / 80%); text-align: center; text-wrap: pretty; }
.captions { font-size: clamp(.9375rem, 4cqi, 1.375rem); }
.captions span { color: #aebcdd; transition: color 120ms linear; }
.captions span.said, .captions.plain span { color: #fff; }
.quiet .captions:not(.plain) { display: none; }
button { pointer-events: auto; min-height: 44px; padding: 8px 20px; border: 0; border-radius: 99px; background: #2f55d4; color: #fff; font: inherit;
  font-weight: 600; cursor: pointer; }
button:hover { background: #2747b8; }
button:focus-visible { outline: 3px solid #fff; outline-offset: 2px; }
@media (prefers-reduced-motion: reduce) { .captions span { transition: none; } }
`;

/** Fills a shadow root once; returns its parts by name. */
export function frameIn(root) {
  dress(root);
  const part = (tag, fields) => Object.assign(document.createElement(tag), fields);
  const parts = {
    poster: part("img", { alt: "", crossOrigin: "anonymous" }),
    canvas: part("canvas", {}),
    badge: part("span", { className: "badge", textContent: "AI" }),
    below: part("div", { className: "below" }),
    notice: part("p", { className: "notice" }),
    captions: part("p", { className: "captions" }),
    tap: part("button", { type: "button", hidden: true, textContent: "▶" }),
  };
  parts.canvas.setAttribute("role", "img");
  parts.notice.setAttribute("role", "status");
  parts.captions.setAttribute("aria-live", "polite");
  parts.below.append(parts.notice, parts.captions, parts.tap);
  root.append(parts.poster, parts.canvas, parts.badge, parts.below);
  return parts;
}

/** A sheet made by script is allowed where a page's policy forbids inline styles. */
function dress(root) {
  try {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(STYLE);
    root.adoptedStyleSheets = [sheet];
  } catch {
    root.append(Object.assign(document.createElement("style"), { textContent: STYLE }));
  }
}
