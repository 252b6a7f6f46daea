import { coverOf, nearest, viewOf } from "./view.js";

// How far the features slide over the face when the head turns, and the head over the body: scene pixels at a full turn.
const FEATURES = { x: 7, y: 6 };
const HEAD = { x: 5, y: 7 };
const BREATH_PX = 3;
const COLOR = /^#[0-9a-f]{6}$/i;

/** Draws poses of one presenter on a canvas. Knows sprites and pixels, nothing of speech or time. */
export class Stage {
  /** `data`: presenter.json; `atlas`: its picture, already decoded. */
  constructor(canvas, data, atlas) {
    this.canvas = canvas;
    this.context = canvas.getContext("2d", { alpha: false });
    this.data = data;
    this.atlas = atlas;
    this.head = surface(data.head[2], data.head[3]);
    this.shown = { mouth: null, rest: null };
    this.lowerFace = boxAround([...data.jaw, ...Object.values(data.mouth).map(([number]) => number)].map((number) => data.sprites[number]));
    this.still = null;
    this.setClothes(data.clothes);
    this.setBackground("#cfdce6");
  }

  /** `background`: "#rrggbb" or a decoded picture. */
  setBackground(background) {
    this.background = background;
    this.still = null;
  }

  /** Tint the grey clothes with "#rrggbb"; anything else means the presenter's own colour. */
  setClothes(color) {
    const [ax, ay, width, height] = this.data.sprites[this.data.layers.clothes];
    const tinted = surface(width, height);
    const context = tinted.getContext("2d");
    const draw = () => context.drawImage(this.atlas, ax, ay, width, height, 0, 0, width, height);
    draw();
    context.globalCompositeOperation = "multiply";
    context.fillStyle = COLOR.test(color) ? color : this.data.clothes;
    context.fillRect(0, 0, width, height);
    context.globalCompositeOperation = "destination-in";
    draw();
    this.clothes = tinted;
    this.still = null;
  }

  /** Set the canvas' pixels from its box on the page; true when they changed. */
  resize(width, height, ratio) {
    const w = Math.max(1, Math.round(width * ratio));
    const h = Math.max(1, Math.round(height * ratio));
    if (this.canvas.width === w && this.canvas.height === h) return false;
    this.canvas.width = w;
    this.canvas.height = h;
    this.still = null;
    return true;
  }

  draw(wanted) {
    const { context, data } = this;
    const pose = calmed(wanted, data.motion ?? 1);
    this.still ??= this.paintStill();
    const { view, backdrop, body, hairBack } = this.still;
    this.composeHead(pose);
    const breath = -BREATH_PX * pose.breath;
    const [px, py] = data.pivot;
    const placeHead = (share) => {
      context.setTransform(view.scale, 0, 0, view.scale, -view.x * view.scale, -view.y * view.scale);
      context.translate(px + pose.turnX * HEAD.x * share, py + breath * 0.8 + pose.turnY * HEAD.y * share);
      context.rotate((pose.tilt * Math.PI) / 180);
      context.translate(-px, -py);
    };
    // Close to one canvas pixel a scene pixel plain filtering is as good and several times faster.
    context.imageSmoothingQuality = view.scale < 0.6 ? "medium" : "low";
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.drawImage(backdrop, 0, 0);
    placeHead(0.6);
    context.drawImage(hairBack.surface, hairBack.x, hairBack.y);
    context.setTransform(1, 0, 0, 1, 0, breath * view.scale);
    context.drawImage(body, 0, 0);
    placeHead(1);
    context.drawImage(this.head, data.head[0], data.head[1]);
  }

  /** What does not change between frames, scaled once for this canvas and not sixty times a second. */
  paintStill() {
    const { data, canvas } = this;
    const view = viewOf(data.frame, canvas.width, canvas.height);
    const body = surface(canvas.width, canvas.height + Math.ceil(BREATH_PX * view.scale) + 1);
    const context = body.getContext("2d");
    context.imageSmoothingQuality = "high";
    context.setTransform(view.scale, 0, 0, view.scale, -view.x * view.scale, -view.y * view.scale);
    this.sprite(context, data.layers.body);
    const clothes = data.sprites[data.layers.clothes];
    context.drawImage(this.clothes, clothes[4], clothes[5]);
    const [, , width, height, x, y] = data.sprites[data.layers.hair_back];
    const hairBack = { surface: surface(width, height), x, y };
    this.sprite(hairBack.surface.getContext("2d"), data.layers.hair_back, -x, -y);
    return { view, body, hairBack, backdrop: this.paintBackdrop() };
  }

  /** Put the head together in scene pixels on its own surface, where nothing is scaled and no seam can show. */
  composeHead(pose) {
    const { data } = this;
    const [mouth, level] = data.mouth[pose.mouth] ?? data.mouth.sil;
    const eyes = data.eyes.states[eyesKey(data.eyes, pose)];
    const top = data.brows.steps - 1;
    const brows = data.brows.states[`${Math.round(clamp(pose.raised) * top)}.${Math.round(clamp(pose.soft) * top)}`];
    const dx = Math.round(pose.turnX * FEATURES.x * 4) / 4;
    const dy = Math.round(pose.turnY * FEATURES.y * 4) / 4;
    const rest = `${eyes} ${brows} ${dx} ${dy}`;
    if (mouth === this.shown.mouth && rest === this.shown.rest) return;
    // Most frames of speech move the lips and the jaw only: then nothing else is painted again.
    const [left, above, width, height] = rest === this.shown.rest ? this.lowerFace : data.head;
    this.shown = { mouth, rest };
    const context = this.head.getContext("2d");
    context.save();
    context.translate(-data.head[0], -data.head[1]);
    context.beginPath();
    context.rect(left, above, width, height);
    context.clip();
    context.clearRect(left, above, width, height);
    this.sprite(context, data.layers.head);
    this.sprite(context, data.jaw[level]);
    for (const part of [data.layers.nose, mouth, eyes, brows]) this.sprite(context, part, dx, dy);
    this.sprite(context, data.layers.hair_front, -dx * 0.15, -dy * 0.15);
    context.restore();
  }

  sprite(context, number, dx = 0, dy = 0) {
    const [ax, ay, width, height, x, y] = this.data.sprites[number];
    context.drawImage(this.atlas, ax, ay, width, height, x + dx, y + dy, width, height);
  }

  /** The background in canvas pixels. */
  paintBackdrop() {
    const { width, height } = this.canvas;
    const backdrop = surface(width, height);
    const context = backdrop.getContext("2d");
    if (typeof this.background === "string") {
      context.fillStyle = this.background;
      context.fillRect(0, 0, width, height);
    } else {
      const picture = this.background;
      context.imageSmoothingQuality = "high";
      context.drawImage(picture, ...coverOf(picture.width, picture.height, width, height), 0, 0, width, height);
    }
    return backdrop;
  }
}

/** The pose of a figure that takes only a share of the movements (one made of a photo). */
function calmed(pose, share) {
  if (share === 1) return pose;
  return { ...pose, turnX: pose.turnX * share, turnY: pose.turnY * share, tilt: pose.tilt * share, breath: pose.breath * share };
}

function eyesKey(eyes, pose) {
  const middleX = (eyes.gaze_x.length - 1) / 2;
  const middleY = (eyes.gaze_y.length - 1) / 2;
  const x = Math.round(middleX + clamp(pose.gazeX, -1, 1) * middleX);
  const y = Math.round(middleY + clamp(pose.gazeY, -1, 1) * middleY);
  return `${nearest(eyes.openness, pose.openness)}.${pose.squint > 0.5 ? 1 : 0}.${x}.${y}`;
}

/** [x, y, width, height] of the scene that holds all these sprites wherever a turn of the head moves them. */
function boxAround(sprites) {
  const margin = Math.max(FEATURES.x, FEATURES.y) + 1;
  const left = Math.min(...sprites.map(([, , , , x]) => x)) - margin;
  const above = Math.min(...sprites.map(([, , , , , y]) => y)) - margin;
  const right = Math.max(...sprites.map(([, , width, , x]) => x + width)) + margin;
  const below = Math.max(...sprites.map(([, , , height, , y]) => y + height)) + margin;
  return [left, above, right - left, below - above];
}

function clamp(value, low = 0, high = 1) {
  return Math.min(high, Math.max(low, value));
}

function surface(width, height) {
  return Object.assign(document.createElement("canvas"), { width, height });
}
