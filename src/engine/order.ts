/** Sorting keys of values that TiDB keeps as PostgreSQL's text of them. */
import type { Value } from "../pg/ast.js";
import { infix, raw, type Tidb, tidb } from "./tidb.js";

/** Parts of an interval, as expressions. */
export interface Parts {
  readonly months: Tidb;
  readonly days: Tidb;
  readonly microseconds: Tidb;
}

/** Months, days and microseconds of the text of an interval (`1 year 2 mons -3 days 04:05:06`); all of them are numbers, also of NULL. */
export function intervalParts(text: Value | Tidb): Parts {
  const amount = (word: string) =>
    tidb`COALESCE(CAST(SUBSTRING_INDEX(REGEXP_SUBSTR(${text}, ${raw(`'-?[0-9]+ ${word}'`)}), ' ', 1) AS SIGNED), 0)`;
  const clock = tidb`REGEXP_SUBSTR(${text}, '[0-9]+:[0-9:.]+')`;
  const minutes = tidb`SUBSTRING_INDEX(SUBSTRING_INDEX(${clock}, ':', 2), ':', -1)`;
  const seconds = tidb`(SUBSTRING_INDEX(${clock}, ':', 1) * 3600 + ${minutes} * 60 + SUBSTRING_INDEX(${clock}, ':', -1))`;
  const sign = tidb`CASE WHEN REGEXP_LIKE(${text}, '-[0-9]+:') THEN -1 ELSE 1 END`;
  return {
    months: infix("additive")`${amount("year")} * 12 + ${amount("mon")}`,
    days: amount("day"),
    microseconds: tidb`COALESCE(CAST(ROUND(${seconds} * 1000000) AS SIGNED), 0) * ${sign}`,
  };
}

/** Microseconds of the text of an interval as PostgreSQL compares it, a month being 30 days (timestamp.c, interval_cmp_value). */
export function intervalLength(text: Value | Tidb): Tidb {
  const { months, days, microseconds } = intervalParts(text);
  return tidb`CASE WHEN ${text} IS NOT NULL THEN ((${months}) * 30 + ${days}) * 86400000000 + ${microseconds} END`;
}

/**
 * A text that is sorted as PostgreSQL sorts ranges of integers or days (rangetypes.c, range_cmp): the empty one first, then by where they
 * begin, then by where they end.
 */
export function rangeKey(type: string, range: Value | Tidb): Tidb {
  const inner = tidb`SUBSTRING(${range}, 2, CHAR_LENGTH(${range}) - 2)`;
  const sized = (bound: Tidb) =>
    type === "daterange" ? bound : tidb`LPAD(CAST(${bound} AS DECIMAL(65,0)) + 9223372036854775808, 20, '0')`;
  const key = (bound: Tidb, none: string) => tidb`CASE ${bound} WHEN '' THEN ${raw(`'${none}'`)} ELSE CONCAT('1', ${sized(bound)}) END`;
  const [lower, upper] = [tidb`SUBSTRING_INDEX(${inner}, ',', 1)`, tidb`SUBSTRING_INDEX(${inner}, ',', -1)`];
  return tidb`CASE ${range} WHEN 'empty' THEN '' ELSE CONCAT(${key(lower, "0")}, ${key(upper, "2")}) END`;
}

/** Whether an address is one of IPv6. */
export const isIpv6 = (ip: Value | Tidb): Tidb => infix("comparison")`INSTR(${ip}, ':') > 0`;

/** How many bits of an address are its network's: all, where its text has no mask. */
export const maskLength = (ip: Value | Tidb): Tidb =>
  tidb`CASE WHEN INSTR(${ip}, '/') > 0 THEN CAST(SUBSTRING_INDEX(${ip}, '/', -1) AS SIGNED) WHEN ${isIpv6(ip)} THEN 128 WHEN ${ip} IS NOT NULL THEN 32 END`;

/**
 * A text that is sorted as PostgreSQL sorts addresses (network.c, network_cmp_internal): by family, then by the bits of the network, the
 * length of its mask, and all bits. Of IPv6 the bits behind the mask count before its length.
 */
export function addressKey(ip: Value | Tidb): Tidb {
  const host = tidb`SUBSTRING_INDEX(${ip}, '/', 1)`;
  const shift = tidb`(32 - ${maskLength(ip)})`;
  const network = tidb`CASE WHEN ${isIpv6(ip)} THEN HEX(INET6_ATON(${host})) ELSE LPAD(HEX(INET_ATON(${host}) >> ${shift} << ${shift}), 8, '0') END`;
  return tidb`CONCAT(${isIpv6(ip)}, ${network}, LPAD(${maskLength(ip)}, 3, '0'), HEX(INET6_ATON(${host})))`;
}

/**
 * Where a document stands among those of other kinds and lengths (jsonb_util.c, compareJsonbContainers): an empty array before null, strings,
 * numbers, booleans, arrays and objects, those of fewer elements first.
 */
export function jsonRank(json: Value | Tidb): Tidb {
  const length = tidb`JSON_LENGTH(${json})`;
  const scalars = raw(
    "WHEN 'NULL' THEN 1 WHEN 'STRING' THEN 2 WHEN 'INTEGER' THEN 3 WHEN 'UNSIGNED INTEGER' THEN 3 WHEN 'DOUBLE' THEN 3 WHEN 'BOOLEAN' THEN 4",
  );
  return tidb`CASE JSON_TYPE(${json}) ${scalars} WHEN 'ARRAY' THEN CASE WHEN ${length} > 0 THEN 4 + ${length} ELSE 0 END WHEN 'OBJECT' THEN 10000000000 + ${length} END`;
}
