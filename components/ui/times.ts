/** Times as text. `timeZone` undefined means the reader's own zone; the server, which cannot know it, passes UTC. */
type Zone = string | undefined;

const parts = (at: Date, timeZone: Zone) => {
  const formatted = new Intl.DateTimeFormat("en-GB", {
    timeZone,
    year: "numeric",
    month: "short",
    day: "numeric",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
    hourCycle: "h23",
  }).formatToParts(at);
  const part = (type: Intl.DateTimeFormatPartTypes) =>
    formatted.find((candidate) => candidate.type === type)?.value ?? "";
  return {
    date: `${part("day")} ${part("month")} ${part("year")}`,
    dayMonth: `${part("day")} ${part("month")}`,
    year: part("year"),
    clock: `${part("hour")}:${part("minute")}:${part("second")}`,
  };
};

/** `14:07:28` */
export const clockTime = (at: Date, zone: Zone): string => parts(at, zone).clock;
/** `14:07:28.137` */
export const clockTimeMs = (at: Date, zone: Zone): string =>
  `${parts(at, zone).clock}.${String(at.getUTCMilliseconds()).padStart(3, "0")}`;
/** `3 Nov 2026` */
export const calendarDate = (at: Date, zone: Zone): string => parts(at, zone).date;
/** `3 Nov, 14:07:28`, with the year when it is not this one. */
export function dateTime(at: Date, zone: Zone, now: Date): string {
  const then = parts(at, zone);
  return `${then.year === parts(now, zone).year ? then.dayMonth : then.date}, ${then.clock}`;
}

/** `14:07` today, else `3 Nov, 14:07`: for "since" and "until". */
export function shortTime(at: Date, zone: Zone, now: Date): string {
  const then = parts(at, zone);
  const clock = then.clock.slice(0, 5);
  return then.date === parts(now, zone).date ? clock : `${then.dayMonth}, ${clock}`;
}

/** `just now`, `40 s ago`, `6 min ago`, `3 h ago`, `2 d ago`, then the date. Future times read `in 3 h`. */
export function relativeTime(at: Date, now: Date): string {
  const seconds = Math.round((now.getTime() - at.getTime()) / 1000);
  const amount = Math.abs(seconds);
  const say = (text: string) => (seconds >= 0 ? `${text} ago` : `in ${text}`);
  if (amount < 5) return "just now";
  if (amount < 60) return say(`${amount} s`);
  if (amount < 3600) return say(`${Math.floor(amount / 60)} min`);
  if (amount < 86_400) return say(`${Math.floor(amount / 3600)} h`);
  if (amount < 30 * 86_400) return say(`${Math.floor(amount / 86_400)} d`);
  return calendarDate(at, undefined);
}
