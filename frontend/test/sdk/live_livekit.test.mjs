import assert from "node:assert/strict";
import test from "node:test";
import { ConnectionQuality, RoomEvent, Track, VideoQuality } from "livekit-client";
import { LiveRoom } from "../../src/live/live_room.js";
import { carrierWith, element, Emitter, listener, stage } from "./carrier_bench.mjs";

const JOIN = { transport: "livekit", url: "wss://rooms.example.org", access_token: "t" };
const rooms = [];

/** A room of LiveKit: the names of events and grades are the real SDK's. */
class Room extends Emitter {
  constructor(options) {
    super();
    this.options = options;
    this.published = [];
    this.data = [];
    this.canPlaybackAudio = true;
    this.remoteParticipants = new Map();
    const refuse = (what) => async () => this.published.push(what);
    this.localParticipant = {
      publishTrack: refuse("track"), setMicrophoneEnabled: refuse("microphone"), setCameraEnabled: refuse("camera"),
      setScreenShareEnabled: refuse("screen"), enableCameraAndMicrophone: refuse("both"),
      publishData: async (bytes, options) => this.data.push({ ...options, message: JSON.parse(new TextDecoder().decode(bytes)) }),
    };
    rooms.push(this);
  }

  async connect(url, token) {
    this.joined = [url, token];
  }

  async startAudio() {
    this.canPlaybackAudio = true;
    this.emit(RoomEvent.AudioPlaybackStatusChanged);
  }

  disconnect() {
    this.left = true;
    this.emit(RoomEvent.Disconnected);
  }
}

const carrier = await carrierWith("live_livekit.js", "livekit-client", { Room, RoomEvent, Track, VideoQuality, ConnectionQuality });

function track(kind) {
  const made = element(kind === Track.Kind.Video ? "VIDEO" : "AUDIO");
  return { kind, element: made, attach: () => made, detach: () => [made] };
}

async function joined() {
  const { told, on } = listener();
  const place = stage();
  const line = await carrier.connect({ join: JOIN, stage: place, on });
  return { told, place, line, room: rooms.at(-1) };
}

test("a picture is there when the video plays, not when its track is announced", async () => {
  const { told, place, room } = await joined();
  assert.deepEqual(room.joined, ["wss://rooms.example.org", "t"]);
  const video = track(Track.Kind.Video);
  room.emit(RoomEvent.TrackSubscribed, video);
  assert.deepEqual([told, place.children], [[], [video.element]]);
  video.element.dispatchEvent(new Event("playing"));
  video.element.dispatchEvent(new Event("playing"));
  assert.deepEqual(told, [["picture"]]);
  assert.equal(video.element.playsInline, true);
});

test("a track that goes away leaves the stage", async () => {
  const { place, room } = await joined();
  const video = track(Track.Kind.Video);
  room.emit(RoomEvent.TrackSubscribed, video);
  room.emit(RoomEvent.TrackUnsubscribed, video);
  assert.deepEqual(place.children, []);
});

test("the avatar's loudness says when it speaks; the candidate's own does not", async () => {
  const { told, room } = await joined();
  room.emit(RoomEvent.ActiveSpeakersChanged, [room.localParticipant]);
  room.emit(RoomEvent.ActiveSpeakersChanged, [{ identity: "avatar" }, room.localParticipant]);
  room.emit(RoomEvent.ActiveSpeakersChanged, []);
  assert.deepEqual(told, [["silent"], ["speaking"], ["silent"]]);
});

test("a network that breaks, comes back and is lost", async () => {
  const { told, room } = await joined();
  for (const event of [RoomEvent.Reconnecting, RoomEvent.Reconnected, RoomEvent.Disconnected]) room.emit(event);
  assert.deepEqual(told, [["reconnecting"], ["reconnected"], ["lost", { reason: "" }]]);
});

test("a poor network of the candidate's asks for small pictures, and a good one for large ones again", async () => {
  const place = stage();
  const live = new LiveRoom({ join: JOIN, stage: place, carrier, onState() {} });
  const connected = live.connect();
  const room = rooms.at(-1);
  const video = track(Track.Kind.Video);
  room.emit(RoomEvent.TrackSubscribed, video);
  video.element.dispatchEvent(new Event("playing"));
  assert.equal(await connected, true);
  const asked = [];
  const publication = { setVideoQuality: (quality) => asked.push(quality) };
  const avatar = { videoTrackPublications: new Map([["one", publication]]) };
  room.remoteParticipants.set("avatar", avatar);
  room.emit(RoomEvent.ConnectionQualityChanged, ConnectionQuality.Poor, avatar);
  assert.deepEqual(asked, []);
  for (const quality of [ConnectionQuality.Poor, ConnectionQuality.Lost, ConnectionQuality.Good]) {
    room.emit(RoomEvent.ConnectionQualityChanged, quality, room.localParticipant);
  }
  assert.deepEqual(asked, [VideoQuality.LOW, VideoQuality.LOW, VideoQuality.HIGH]);
  live.close();
});

test("sound the browser holds back is told, and a tap frees it", async () => {
  const { told, line, room } = await joined();
  room.canPlaybackAudio = false;
  room.emit(RoomEvent.AudioPlaybackStatusChanged);
  await line.unblock();
  assert.deepEqual(told, [["blocked", true], ["blocked", false]]);
});

test("the volume is that of every sound, also of one that comes later", async () => {
  const { line, room } = await joined();
  const [first, later] = [track(Track.Kind.Audio), track(Track.Kind.Audio)];
  room.emit(RoomEvent.TrackSubscribed, first);
  line.setVolume(0.25);
  room.emit(RoomEvent.TrackSubscribed, later);
  assert.deepEqual([first.element.volume, later.element.volume], [0.25, 0.25]);
  line.setVolume(0); // a phone that knows no volume is silent too
  assert.deepEqual([first.element.muted, later.element.muted], [true, true]);
  line.setVolume(1);
  assert.deepEqual([first.element.muted, later.element.muted], [false, false]);
});

test("events of the avatar are handed on, and what is no JSON is not", async () => {
  const { told, line, room } = await joined();
  const bytes = (text) => new TextEncoder().encode(text);
  room.emit(RoomEvent.DataReceived, bytes('{"event_type":"avatar.speak_started"}'), null, 0, "agent-response");
  room.emit(RoomEvent.DataReceived, bytes("no JSON"), null, 0, "agent-response");
  assert.deepEqual(told, [["data", { topic: "agent-response", message: { event_type: "avatar.speak_started" } }]]);
  line.publish("agent-control", { event_type: "avatar.interrupt" });
  assert.equal(room.data[0].topic, "agent-control");
  assert.equal(room.data[0].message.event_type, "avatar.interrupt");
  assert.ok(room.data[0].message.event_id);
});

test("closing leaves the room, empties the stage and tells nothing more", async () => {
  const { told, place, line, room } = await joined();
  room.emit(RoomEvent.TrackSubscribed, track(Track.Kind.Video));
  room.emit(RoomEvent.TrackSubscribed, track(Track.Kind.Audio));
  line.close();
  room.emit(RoomEvent.Reconnecting);
  assert.deepEqual([room.left, place.children, told], [true, [], []]);
});

test("in none of these rooms did the candidate publish a track", () => {
  assert.ok(rooms.length > 5);
  assert.deepEqual(rooms.flatMap((room) => room.published), []);
});
