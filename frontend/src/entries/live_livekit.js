/** Carrier of LiveKit rooms (LiveAvatar): see src/live/live_room.js. The candidate publishes no sound and no picture. */
import { ConnectionQuality, Room, RoomEvent, Track, VideoQuality } from "livekit-client";

const QUALITIES = { low: VideoQuality.LOW, high: VideoQuality.HIGH };
const DECODER = new TextDecoder();

export async function connect({ join, stage, on }) {
  const room = new Room({ adaptiveStream: true, dynacast: false, disconnectOnPageLeave: true });
  const elements = new Set();
  let volume = 1;

  room.on(RoomEvent.TrackSubscribed, (track) => {
    const element = track.attach();
    elements.add(element);
    if (track.kind === Track.Kind.Audio) sound(element, volume);
    else element.addEventListener("playing", () => on("picture"), { once: true });
    element.playsInline = true;
    stage.append(element);
  });
  room.on(RoomEvent.TrackUnsubscribed, (track) => {
    for (const element of track.detach()) {
      elements.delete(element);
      element.remove();
    }
  });
  // Loudness of the avatar's track, for providers and modes without events of their own.
  room.on(RoomEvent.ActiveSpeakersChanged, (speakers) => on(speakers.some((one) => one !== room.localParticipant) ? "speaking" : "silent"));
  room.on(RoomEvent.DataReceived, (payload, participant, kind, topic) => {
    const message = parse(payload);
    if (message) on("data", { topic, message });
  });
  room.on(RoomEvent.Reconnecting, () => on("reconnecting"));
  room.on(RoomEvent.Reconnected, () => on("reconnected"));
  room.on(RoomEvent.Disconnected, () => on("lost", { reason: "" }));
  room.on(RoomEvent.AudioPlaybackStatusChanged, () => on("blocked", !room.canPlaybackAudio));
  room.on(RoomEvent.ConnectionQualityChanged, (quality, participant) => {
    if (participant === room.localParticipant) on("network", quality === ConnectionQuality.Poor || quality === ConnectionQuality.Lost ? "poor" : "good");
  });
  await room.connect(join.url, join.access_token);

  return {
    publish(topic, message) {
      const bytes = new TextEncoder().encode(JSON.stringify({ event_id: crypto.randomUUID(), ...message }));
      room.localParticipant.publishData(bytes, { reliable: true, topic }).catch(() => {});
    },
    setVolume(level) {
      volume = level;
      for (const element of elements) if (element.tagName === "AUDIO") sound(element, level);
    },
    setQuality(level) {
      for (const participant of room.remoteParticipants.values()) {
        for (const publication of participant.videoTrackPublications.values()) publication.setVideoQuality(QUALITIES[level] ?? VideoQuality.HIGH);
      }
    },
    unblock: () => room.startAudio().catch(() => {}),
    close() {
      room.removeAllListeners();
      room.disconnect();
      for (const element of elements) element.remove();
    },
  };
}

/** An iPhone knows no volume of an element, but it can be muted. */
function sound(element, level) {
  element.volume = level;
  element.muted = level === 0;
}

function parse(bytes) {
  try {
    return JSON.parse(DECODER.decode(bytes));
  } catch {
    return null;
  }
}
