import assert from "node:assert/strict";
import test from "node:test";
import { LiveRoom } from "../../src/live/live_room.js";
import { carrierWith, element, Emitter, listener, stage } from "./carrier_bench.mjs";

const JOIN = { transport: "agora", app_id: "app", channel: "room-1", access_token: "t", uid: "42" };
const clients = [];

class Client extends Emitter {
  constructor(options) {
    super();
    Object.assign(this, { options, published: [], roles: [], small: [], remoteUsers: [], subscribed: [] });
    clients.push(this);
  }

  async setClientRole(role, options) {
    this.roles.push([role, options]);
  }

  enableAudioVolumeIndicator() {
    this.measures = true;
  }

  async subscribe(user, kind) {
    if (user.isGone) throw new Error("INVALID_REMOTE_USER");
    this.subscribed.push(kind);
  }

  async setRemoteVideoStreamType(uid, type) {
    this.small.push([uid, type]);
  }

  async join(...what) {
    this.joined = what;
  }

  async publish(tracks) {
    this.published.push(tracks);
  }

  async leave() {
    this.left = true;
    this.emit("connection-state-change", "DISCONNECTED", "CONNECTED", "LEAVE");
  }
}

const made = (what) => async () => clients.at(-1).published.push(what);
const AgoraRTC = {
  createClient: (options) => new Client(options), setLogLevel() {}, disableLogUpload() {},
  createMicrophoneAudioTrack: made("microphone"), createCameraVideoTrack: made("camera"), createMicrophoneAndCameraTracks: made("both"),
};
const carrier = await carrierWith("live_agora.js", "agora-rtc-sdk-ng", AgoraRTC);
const settle = () => new Promise((resolve) => setImmediate(resolve));

/** The avatar in its room: its tracks, and what the page did with them. */
function avatar() {
  const videoTrack = new Emitter();
  videoTrack.picture = element("DIV");
  videoTrack.play = (place) => place.append(videoTrack.picture);
  const audioTrack = { volumes: [], plays: 0, setVolume: (level) => audioTrack.volumes.push(level), play: () => (audioTrack.plays += 1) };
  return { uid: 7, videoTrack, audioTrack };
}

async function joined() {
  const { told, on } = listener();
  const place = stage();
  const line = await carrier.connect({ join: JOIN, stage: place, on });
  return { told, place, line, client: clients.at(-1) };
}

test("the page joins as one of the audience, with the number the server gave it", async () => {
  const { client } = await joined();
  assert.deepEqual(client.joined, ["app", "room-1", "t", 42]);
  assert.equal(client.options.role, "audience");
  assert.deepEqual(client.roles.map(([role]) => role), ["audience"]);
});

test("a picture is there with the first decoded frame", async () => {
  const { told, place, client } = await joined();
  const user = avatar();
  client.emit("user-published", user, "video");
  await settle();
  assert.deepEqual([told, place.children], [[], [user.videoTrack.picture]]);
  user.videoTrack.emit("first-frame-decoded");
  assert.deepEqual(told, [["picture"]]);
});

test("an avatar that went away before it was subscribed to harms nothing", async () => {
  const { told, place, client } = await joined();
  client.emit("user-published", { ...avatar(), isGone: true }, "video");
  await settle();
  assert.deepEqual([told, place.children], [[], []]);
});

test("the loudness says when the avatar speaks", async () => {
  const { told, client } = await joined();
  assert.equal(client.measures, true);
  for (const levels of [[{ uid: 7, level: 60 }], [{ uid: 7, level: 2 }], []]) client.emit("volume-indicator", levels);
  assert.deepEqual(told, [["speaking"], ["silent"], ["silent"]]);
});

test("a network that breaks and comes back", async () => {
  const { told, client } = await joined();
  client.emit("connection-state-change", "CONNECTED", "CONNECTING");
  client.emit("connection-state-change", "RECONNECTING", "CONNECTED");
  client.emit("connection-state-change", "CONNECTED", "RECONNECTING");
  assert.deepEqual(told, [["reconnecting"], ["reconnected"]]);
});

test("a lost network may be tried again; what the provider ended is closed", async () => {
  const { told, client } = await joined();
  client.emit("connection-state-change", "DISCONNECTED", "RECONNECTING", "NETWORK_ERROR");
  client.emit("connection-state-change", "DISCONNECTED", "CONNECTED", "CHANNEL_BANNED");
  client.emit("user-left", avatar());
  client.emit("token-privilege-did-expire");
  assert.deepEqual(told.map(([event, { reason }]) => [event, reason]), [["lost", ""], ["lost", "closed"], ["lost", "closed"], ["lost", "closed"]]);
});

test("a poor network asks for the small pictures, and a good one for the large ones again", async () => {
  const live = new LiveRoom({ join: JOIN, stage: stage(), carrier, onState() {} });
  const connected = live.connect();
  await settle();
  const client = clients.at(-1);
  const user = avatar();
  client.remoteUsers.push(user);
  client.emit("user-published", user, "video");
  await settle();
  user.videoTrack.emit("first-frame-decoded");
  assert.equal(await connected, true);
  for (const grade of [4, 5, 1]) client.emit("network-quality", { uplinkNetworkQuality: 6, downlinkNetworkQuality: grade });
  assert.deepEqual(client.small, [[7, 1], [7, 1], [7, 0]]);
  live.close();
});

test("sound the browser holds back is told, and a tap plays it", async () => {
  const { told, line, client } = await joined();
  const user = avatar();
  client.emit("user-published", user, "audio");
  await settle();
  AgoraRTC.onAutoplayFailed();
  line.unblock();
  assert.deepEqual([told, user.audioTrack.plays], [[["blocked", true], ["blocked", false]], 2]);
});

test("the volume is kept for a sound that comes later", async () => {
  const { line, client } = await joined();
  line.setVolume(0);
  const user = avatar();
  client.emit("user-published", user, "audio");
  await settle();
  line.setVolume(0.25);
  assert.deepEqual(user.audioTrack.volumes, [0, 25]);
});

test("closing leaves the room, empties the stage and tells nothing more", async () => {
  const { told, place, line, client } = await joined();
  client.emit("user-published", avatar(), "video");
  await settle();
  line.close();
  client.emit("connection-state-change", "RECONNECTING", "CONNECTED");
  AgoraRTC.onAutoplayFailed?.();
  assert.deepEqual([client.left, place.children, told], [true, [], []]);
});

test("a room that is closed late does not take the next one's ear for held back sound", async () => {
  const first = await joined();
  const next = await joined();
  first.line.close();
  AgoraRTC.onAutoplayFailed();
  assert.deepEqual([first.told, next.told], [[], [["blocked", true]]]);
  next.line.close();
});

test("in none of these rooms did the candidate publish a track", () => {
  assert.ok(clients.length > 5);
  assert.deepEqual(clients.flatMap((client) => client.published), []);
});
