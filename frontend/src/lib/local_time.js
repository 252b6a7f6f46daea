/** Times in the reader's own zone; the server's rendering stays where the browser knows no better. */
export function showLocalTimes(root, zone) {
  for (const element of root.querySelectorAll("time[data-local-time]")) {
    const text = localTime(element.dateTime, document.documentElement.lang, zone);
    if (text) element.textContent = text;
  }
}

// Many browsers carry no Kazakh: they would say "2026 M11 24".
const KAZAKH_MONTHS = ["қаңтар", "ақпан", "наурыз", "сәуір", "мамыр", "маусым", "шілде", "тамыз", "қыркүйек", "қазан", "қараша", "желтоқсан"];

/** "24 November 2026, 18:30 GMT+3", or null when the moment or the language is not understood. */
export function localTime(moment, language, timeZone) {
  const date = new Date(moment);
  if (Number.isNaN(date.getTime())) return null;
  const options = { day: "numeric", month: "long", year: "numeric", hour: "2-digit", minute: "2-digit", timeZoneName: "short", timeZone };
  try {
    if (language === "kk") return kazakhTime(date, options);
    return new Intl.DateTimeFormat(language, options).format(date);
  } catch {
    return null;
  }
}

function kazakhTime(date, options) {
  const part = {};
  const numbers = new Intl.DateTimeFormat("en-GB", { ...options, month: "numeric", hourCycle: "h23" });
  for (const { type, value } of numbers.formatToParts(date)) part[type] = value;
  return `${part.year} ж. ${Number(part.day)} ${KAZAKH_MONTHS[part.month - 1]}, ${part.hour}:${part.minute} ${part.timeZoneName}`;
}
