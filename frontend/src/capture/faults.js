/** Why there is no microphone or camera: denied, missing, busy or failed, from what getUserMedia rejects with. */
const CODES = {
  NotAllowedError: "denied", SecurityError: "denied", NotFoundError: "missing", OverconstrainedError: "missing",
  NotReadableError: "busy", AbortError: "busy",
};

export const faultCode = (fault) => CODES[fault?.name] ?? "failed";
