/** Times in the reader's own zone; the server's rendering stays where the browser knows no better. */
export function showLocalTimes(root, zone) {
  for (const element of root.querySelectorAll("time[data-local-time]")) {
    const text = localTime(element.dateTime, document.documentElement.lang, zone);
    if (text) element.textContent = text;
  }
}

/** "24 November 2026, 18:30 GMT+3", or null when the moment or the language is not understood. */
export function localTime(moment, language, timeZone) {
  const date = new Date(moment);
  if (Number.isNaN(date.getTime())) return null;
  const options = { day: "numeric", month: "long", year: "numeric", hour: "2-digit", minute: "2-digit", timeZoneName: "short", timeZone };
  try {
    return new Intl.DateTimeFormat(language, options).format(date);
  } catch {
    return null;
  }
}
