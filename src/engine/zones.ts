/** Time zones, as TiDB's CONVERT_TZ takes them. */
import type { Value } from "../pg/ast.js";
import type { Call } from "./forms.js";
import { infix, raw, type Tidb, tidb } from "./tidb.js";

/** A zone of the zone database, spelt as there: TiDB knows no others. */
const ZONE = /^[A-Z][A-Za-z_]+\/[A-Z][A-Za-z_/-]+$/;
export const UTC_NAME = /^(?:utc|gmt)$/i;

/** TiDB's name of a zone; undefined where there is none. */
export function zoneOf(arg: Value, call: Call): Tidb | undefined {
  const text = call.text(arg);
  if (text === undefined) {
    call.say("zone");
    return tidb`${arg}`;
  }
  if (UTC_NAME.test(text)) return tidb`'+00:00'`;
  if (ZONE.test(text)) return tidb`${arg}`;
  const offset = ABBREVIATIONS[text.toUpperCase()] ?? posixOffset(text);
  if (offset !== undefined) return tidb`${raw(`'${offset}'`)}`;
  return call.refuse(`the time zone '${text}', which the engines may read differently (write its name: 'Europe/Berlin')`);
}

/**
 * The instant of a local time. One that a change of clocks passes over is read by the offset before it, and one that comes twice by the
 * offset after it (datetime.c, DetermineTimeZoneOffset); CONVERT_TZ gives the instant of the change, and either of the two.
 */
export function instantOf(local: Value | Tidb, at: Tidb, name: string | undefined): Tidb {
  const utc = (time: Value | Tidb) => tidb`CONVERT_TZ(${time}, ${at}, '+00:00')`;
  const found = utc(local);
  if (name !== undefined && !ZONE.test(name)) return found;
  const before = tidb`DATE_ADD(${utc(tidb`DATE_SUB(${local}, INTERVAL 1 DAY)`)}, INTERVAL 1 DAY)`;
  const after = tidb`DATE_SUB(${utc(tidb`DATE_ADD(${local}, INTERVAL 1 DAY)`)}, INTERVAL 1 DAY)`;
  const isTold = (time: Tidb, sign: string) => infix("comparison")`CONVERT_TZ(${time}, '+00:00', ${at}) ${raw(sign)} ${local}`;
  return tidb`CASE WHEN ${isTold(found, "<>")} THEN ${before} WHEN ${isTold(after, "=")} THEN ${after} ELSE ${found} END`;
}

/** Offsets of abbreviations of time zones (PostgreSQL's share/timezonesets/Default). */
const ABBREVIATIONS: Readonly<Record<string, string>> = {
  Z: "+00:00",
  UTC: "+00:00",
  GMT: "+00:00",
  EST: "-05:00",
  EDT: "-04:00",
  CST: "-06:00",
  CDT: "-05:00",
  MST: "-07:00",
  MDT: "-06:00",
  PST: "-08:00",
  PDT: "-07:00",
  CET: "+01:00",
  CEST: "+02:00",
  EET: "+02:00",
  EEST: "+03:00",
  BST: "+01:00",
  WEST: "+01:00",
  MSK: "+03:00",
  JST: "+09:00",
};

/** An offset in POSIX's style, which counts to the west; undefined beyond those that TiDB takes, -13:59 to +14:00 (others give NULL). */
function posixOffset(text: string): string | undefined {
  const [, sign, hours, minutes = "00"] = /^([+-]?)(\d{1,2})(?::(\d{2}))?$/.exec(text) ?? [];
  if (hours === undefined) return undefined;
  const west = (Number(hours) * 60 + Number(minutes)) * (sign === "-" ? -1 : 1);
  if (west >= 14 * 60 || west < -14 * 60) return undefined;
  return `${west > 0 ? "-" : "+"}${hours.padStart(2, "0")}:${minutes}`;
}
