/**
 * The microphone's worklet: one channel, 16 kHz, PCM16 frames of exactly 1,024 samples (design §4). Resampled here because
 * Firefox refuses a microphone in a context of 16 kHz.
 *
 * Up: "flush" → the rest comes back as {frame, last: true}, and counting starts anew.
 */
import { Framer } from "../capture/framer.js";
import { Resampler } from "../capture/resampler.js";

class Capture extends AudioWorkletProcessor {
  constructor() {
    super();
    this.reset();
    this.port.onmessage = ({ data }) => {
      if (data !== "flush") return;
      const frame = this.framer.flush();
      this.port.postMessage({ frame, last: true }, [frame.buffer]);
      this.reset();
    };
  }

  reset() {
    this.resampler = new Resampler(sampleRate);
    this.framer = new Framer();
  }

  process([channels]) {
    if (!channels?.length) return true;
    for (const frame of this.framer.push(this.resampler.process(mono(channels)))) {
      this.port.postMessage({ frame, last: false }, [frame.buffer]);
    }
    return true;
  }
}

function mono(channels) {
  if (channels.length === 1) return channels[0];
  return channels[0].map((sample, index) => (sample + channels[1][index]) / 2);
}

registerProcessor("capture", Capture);
