/**
 * The microphone's place in the call. The page calls these at the right moments; the capture modules fill them in.
 *
 *   joined(state)      the server said how things stand (`state.input.voice`: the microphone is used in this call)
 *   floor(isOpen)      the candidate may speak now, or not
 *   message(message)   take, saved, final of the socket
 *   lost()             the connection is gone; frames wait on the device
 *   leave()            pause, hang up or the end: close the take
 *   finished()         resolves when nothing is left to send
 */
export class Voice {
  joined() {}
  floor() {}
  message() {}
  lost() {}
  leave() {}
  async finished() {}
}
