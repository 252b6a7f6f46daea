/**
 * The part of the scene a canvas shows. The figure always fills the canvas; a narrow phone sees a half-length portrait,
 * a wide window head and shoulders. `frame` is that of presenter.json (scene pixels).
 * Returns {x, y, scale}: scene point at the canvas' top left corner, and canvas pixels per scene pixel.
 */
export function viewOf(frame, width, height) {
  const aspect = width / Math.max(1, height);
  const shown = Math.min(frame.max_height, Math.max(frame.min_height, frame.min_width / aspect));
  const scale = height / shown;
  return { x: frame.center_x - width / scale / 2, y: frame.eye_y - shown * frame.eye_line, scale };
}

/** Source rectangle [x, y, width, height] of a picture that covers width × height from its middle. */
export function coverOf(pictureWidth, pictureHeight, width, height) {
  const scale = Math.max(width / pictureWidth, height / pictureHeight);
  const w = width / scale;
  const h = height / scale;
  return [(pictureWidth - w) / 2, (pictureHeight - h) / 2, w, h];
}

/** Number of the grid point nearest to `value` in a short rising list. */
export function nearest(list, value) {
  let best = 0;
  for (let place = 1; place < list.length; place += 1) {
    if (Math.abs(list[place] - value) < Math.abs(list[best] - value)) best = place;
  }
  return best;
}
