/** In place of a vendor's SDK: joins the stand-in's room (avatars/provider_stub/rooms.py) as frontend/src/live/live_room.js asks. */
export function connect({ join, stage, on }) {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = 64;
  const socket = new WebSocket(`${join.url}?token=${encodeURIComponent(join.access_token)}`);
  window.liveLevel = 1;
  let seen = false;
  socket.onmessage = ({ data }) => {
    const message = JSON.parse(data);
    if (message.type === "picture") {
      const context = canvas.getContext("2d");
      context.fillStyle = `hsl(${message.hue} 60% 45%)`;
      context.fillRect(0, 0, 64, 64);
      context.fillStyle = "#fff";
      context.fillRect(24, 40, 16, 2 + message.mouth * 12);
      if (!seen) stage.append(canvas);
      if (!seen) on("picture");
      seen = true;
    } else if (message.type === "volume") on(message.level ? "speaking" : "silent");
    else if (message.type === "data") on("data", message);
    else if (message.type === "left") on("lost", { reason: "closed" });
  };
  socket.onclose = () => on("lost", { reason: "" });
  return new Promise((resolve, reject) => {
    socket.onerror = () => reject(new Error("refused"));
    socket.onopen = () =>
      resolve({
        publish: (topic, message) => socket.send(JSON.stringify({ type: "data", topic, message })),
        setVolume: (level) => (window.liveLevel = level),
        setQuality: () => {},
        close() {
          socket.onmessage = socket.onclose = null;
          socket.close();
          canvas.remove();
        },
      });
  });
}
