// @ts-check
/** Numbers, times and failures in words for people. */

const UNITS = ["bytes", "KB", "MB", "GB"];

/** @param {number} count @returns {string} such as `3.4 MB` */
export function bytes(count) {
  let unit = 0;
  let value = count;
  while (value >= 1024 && unit < UNITS.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return `${unit && value < 10 ? value.toFixed(1) : Math.round(value)} ${UNITS[unit]}`;
}

/** @param {number} seconds @returns {string} such as `2 min left` */
export function remaining(seconds) {
  if (seconds < 1) return "almost there";
  return seconds < 90 ? `${Math.ceil(seconds)} s left` : `${Math.round(seconds / 60)} min left`;
}

const clock = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });
const calendar = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });

/** @param {string} instant in ISO 8601 @returns {string} the time, with the date unless it is today's */
export function when(instant) {
  const date = new Date(instant);
  const isToday = date.toDateString() === new Date().toDateString();
  return (isToday ? clock : calendar).format(date);
}

/** The service counts code points, where a string's `length` counts UTF-16. @param {string} text */
export function characters(text) {
  let count = 0;
  for (const _ of text) count += 1;
  return count;
}

/** @param {Error | null} error @returns {string} what to tell the person about it */
export function reason(error) {
  // All that the service says of a token that is good no more, whatever the cause, is "Access denied".
  if (error && error.name === "AccessDeniedException") return "You are no longer in this chat.";
  return error?.message || "Something went wrong.";
}
