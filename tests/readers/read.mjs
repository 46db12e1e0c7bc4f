// Reads {name: calendar text} on stdin, and answers {reader: {name: [event]}}: what each reader makes of each calendar.
// One process for all of them.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import ICAL from "ical.js";

const nodeIcal = createRequire(import.meta.url)("node-ical");
const instant = (date) => new Date(date).toISOString();

function byIcalJs(text) {
  const calendar = new ICAL.Component(ICAL.parse(text));
  // As its documentation says: the zones of the file itself are the ones that count.
  ICAL.TimezoneService.reset();
  for (const zone of calendar.getAllSubcomponents("vtimezone")) ICAL.TimezoneService.register(zone);
  return calendar.getAllSubcomponents("vevent").map((component) => {
    const event = new ICAL.Event(component);
    return {
      uid: event.uid,
      sequence: event.sequence,
      start: instant(event.startDate.toJSDate()),
      end: instant(event.endDate.toJSDate()),
      summary: event.summary,
      status: component.getFirstPropertyValue("status"),
      method: calendar.getFirstPropertyValue("method") || "",
    };
  });
}

function byNodeIcal(text) {
  const read = nodeIcal.sync.parseICS(text);
  return Object.values(read)
    .filter((event) => event.type === "VEVENT")
    .map((event) => ({
      uid: event.uid,
      sequence: Number(event.sequence),
      start: instant(event.start),
      end: instant(event.end),
      summary: typeof event.summary === "object" ? event.summary.val : event.summary,
      status: event.status,
      method: event.method || "",
    }));
}

const calendars = JSON.parse(readFileSync(0, "utf8"));
const readers = { "ical.js": byIcalJs, "node-ical": byNodeIcal };
const answer = {};
for (const [reader, read] of Object.entries(readers)) {
  answer[reader] = {};
  for (const [name, text] of Object.entries(calendars)) answer[reader][name] = read(text);
}
process.stdout.write(JSON.stringify(answer));
