/** Splits a sentence into [{text, word}] by a timeline's words [[start_ms, end_ms, from, to]]; one piece without them. */
export function pieces(text, words = []) {
  const parts = [];
  let at = 0;
  words.forEach(([, , from, to], index) => {
    if (from < at || to > text.length || to <= from) return; // offsets of another text: better no highlight than a wrong one
    if (from > at) parts.push({ text: text.slice(at, from), word: -1 });
    parts.push({ text: text.slice(from, to), word: index });
    at = to;
  });
  if (at < text.length) parts.push({ text: text.slice(at), word: -1 });
  return parts;
}

/** Index of the word at `ms`: the last one that has begun, or −1. */
export function wordAt(words, ms) {
  let low = 0;
  let high = words.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (words[middle][0] <= ms) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/** The sentence being said, its words lit as they are spoken. The element is a live region: it changes once a sentence. */
export class Captions {
  constructor(element) {
    this.element = element;
    this.frame = null;
  }

  show(text, { timeline, clock }) {
    cancelAnimationFrame(this.frame);
    const words = timeline?.words ?? [];
    const spans = new Map();
    const nodes = pieces(text, words).map((piece) => {
      const span = document.createElement("span");
      span.textContent = piece.text;
      if (piece.word >= 0) spans.set(piece.word, span);
      return span;
    });
    this.element.replaceChildren(...nodes);
    this.element.classList.toggle("plain", !clock || spans.size === 0);
    if (!clock || !spans.size) return;
    let lit = -1;
    const step = () => {
      const now = wordAt(words, clock());
      for (; lit < now; lit += 1) spans.get(lit + 1)?.classList.add("said");
      if (lit < words.length - 1) this.frame = requestAnimationFrame(step);
    };
    step();
  }

  clear() {
    cancelAnimationFrame(this.frame);
    this.element.replaceChildren();
  }
}
