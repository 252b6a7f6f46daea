/** Carrier of Agora rooms (A2E; docs/contracts/a2e.md §7.8): an audience member who publishes nothing. See src/live/live_room.js. */
import AgoraRTC from "agora-rtc-sdk-ng";

const LOUD = 5; // of 100: below it the avatar is silent
const ULTRA_LOW_LATENCY = 2;
const POOR = 4; // 1 excellent … 6 disconnected

export async function connect({ join, stage, on }) {
  AgoraRTC.setLogLevel(3);
  AgoraRTC.disableLogUpload();
  const client = AgoraRTC.createClient({ mode: "live", codec: "vp8", role: "audience" });
  await client.setClientRole("audience", { level: ULTRA_LOW_LATENCY });
  let sound = null;
  let volume = 1;

  client.on("user-published", async (user, kind) => {
    try {
      await client.subscribe(user, kind);
    } catch {
      return; // it went away again, or comes anew after a reconnect
    }
    if (kind === "audio") {
      sound = user.audioTrack;
      sound.setVolume(volume * 100);
      sound.play();
    } else {
      user.videoTrack.on("first-frame-decoded", () => on("picture"));
      user.videoTrack.play(stage, { fit: "cover" });
    }
  });
  client.on("user-left", () => on("lost", { reason: "closed" }));
  client.enableAudioVolumeIndicator();
  client.on("volume-indicator", (levels) => on(levels.some((one) => one.level > LOUD) ? "speaking" : "silent"));
  client.on("stream-message", (uid, bytes) => {
    try {
      on("data", { topic: "stream", message: JSON.parse(new TextDecoder().decode(bytes)) });
    } catch {
      // not for us
    }
  });
  client.on("network-quality", ({ downlinkNetworkQuality }) => on("network", downlinkNetworkQuality >= POOR ? "poor" : "good"));
  client.on("token-privilege-did-expire", () => on("lost", { reason: "closed" }));
  client.on("connection-state-change", (now, before, reason) => {
    if (now === "RECONNECTING") on("reconnecting");
    else if (now === "CONNECTED" && before === "RECONNECTING") on("reconnected");
    else if (now === "DISCONNECTED") on("lost", { reason: reason === "NETWORK_ERROR" ? "" : "closed" });
  });
  const blocked = () => on("blocked", true);
  AgoraRTC.onAutoplayFailed = blocked;
  await client.join(join.app_id, join.channel, join.access_token, join.uid == null ? null : Number(join.uid));

  return {
    publish() {}, // the server speaks to this provider
    setVolume(level) {
      volume = level;
      sound?.setVolume(Math.round(level * 100));
    },
    setQuality(level) {
      for (const user of client.remoteUsers) client.setRemoteVideoStreamType(user.uid, level === "low" ? 1 : 0).catch(() => {});
    },
    unblock() {
      sound?.play();
      on("blocked", false);
    },
    close() {
      client.removeAllListeners();
      if (AgoraRTC.onAutoplayFailed === blocked) AgoraRTC.onAutoplayFailed = undefined;
      client.leave().catch(() => {});
      stage.replaceChildren();
    },
  };
}
