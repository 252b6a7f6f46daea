const COLOR = /^#[0-9a-f]{6}$/i;

/** What the presenter's `background` is for the form's fields: a colour, an address, or "office" for anything that is not there. */
export function chosenBackground({ wanted, colour, upload, known }) {
  if (wanted === "upload") return upload ?? "#cfdce6";
  if (wanted === "colour") return COLOR.test(colour ?? "") ? colour : "#cfdce6";
  if (COLOR.test(wanted ?? "")) return wanted;
  return known[wanted] ?? known.office ?? "office";
}
