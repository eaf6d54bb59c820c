/** Values of documents as SQL/JSON takes them out (jsonpath_exec.c, JsonPathValue). */

import type { PgType } from "../catalog/analysis.js";
import type { Value } from "../pg/ast.js";
import { infix, raw, spliced, type Tidb, tidb } from "./tidb.js";

const text = (value: string): Tidb => tidb`${{ kind: "A_Const", sval: value } as Value}`;
const type = (document: Tidb): Tidb => tidb`JSON_TYPE(${document})`;

/** Texts of numbers, with blanks around them (numutils.c, pg_strtoint32_safe; numeric.c, numeric_in); not 0x1F and 1_000. */
const WHOLE = "^\\s*[-+]?[0-9]{1,18}\\s*$";
const DECIMAL = "^\\s*[-+]?([0-9]+([.][0-9]*)?|[.][0-9]+)([eE][-+]?[0-9]+)?\\s*$";

/** What a scalar of a document is as a value of a type; NULL where it is none. */
const SCALARS: Readonly<Record<string, (json: Tidb, own: Tidb) => Tidb>> = {
  ...Object.fromEntries(
    ["text", "varchar"].map((name) => [
      name,
      (json: Tidb, own: Tidb) => tidb`CASE ${type(json)} WHEN 'BOOLEAN' THEN LEFT(${own}, 1) ELSE ${own} END`,
    ]),
  ),
  ...Object.fromEntries(
    ["int2", "int4", "int8"].map((name) => [
      name,
      (_: Tidb, own: Tidb) => tidb`CASE WHEN REGEXP_LIKE(${own}, ${text(WHOLE)}) THEN CAST(${own} AS SIGNED) END`,
    ]),
  ),
  numeric: (_, own) => tidb`CASE WHEN REGEXP_LIKE(${own}, ${text(DECIMAL)}) THEN CAST(${own} AS DECIMAL(65,30)) END`,
  float8: (_, own) => tidb`CASE WHEN REGEXP_LIKE(${own}, ${text(DECIMAL)}) THEN CAST(${own} AS DOUBLE) END`,
  bool: (_, own) => tidb`CASE ${own} WHEN 'true' THEN TRUE WHEN 'false' THEN FALSE END`,
  date: (_, own) => tidb`CASE WHEN REGEXP_LIKE(${own}, '^[0-9]{4}-[0-9]{2}-[0-9]{2}$') THEN CAST(${own} AS DATE) END`,
  timestamp: (_, own) =>
    tidb`CASE WHEN REGEXP_LIKE(${own}, '^[0-9]{4}-[0-9]{2}-[0-9]{2}[ T][0-9:]{8}([.][0-9]+)?$') THEN CAST(${own} AS DATETIME(6)) END`,
};

/**
 * The one scalar among what a path has found, as a value of a type; NULL where there is none, or several.
 * @returns undefined for a type that has no such form
 */
export function scalarFound(items: Tidb, { name, mods }: PgType): Tidb | undefined {
  const take = SCALARS[name];
  const longest = name === "varchar" ? mods?.[0] : undefined;
  const [precision, scale = 0] = (name === "numeric" && mods) || [];
  // Beyond that, what is computed in DECIMAL(65,30) says nothing of whether it fits.
  const fits = precision !== undefined && scale >= 0 && scale <= 30 && precision >= scale && precision - scale < 35;
  if (!take || (mods?.length && longest === undefined && !fits)) return undefined;
  const value = tidb`JSON_EXTRACT(${items}, '$[0]')`;
  const own = take(value, tidb`JSON_UNQUOTE(${value})`);
  const rounded = tidb`ROUND(${own}, ${raw(String(scale))})`;
  const cut = fits && tidb`CAST(${own} AS DECIMAL(${raw(`${precision},${scale}`)}))`;
  const shorter = tidb`CASE WHEN CHAR_LENGTH(${own}) <= ${raw(String(longest))} THEN ${own} END`;
  const sized = cut ? tidb`CASE WHEN ABS(${rounded}) < ${raw(`1${"0".repeat(precision - scale)}`)} THEN ${cut} END` : shorter;
  const taken = mods?.length ? sized : own;
  const isScalar = infix("and")`JSON_LENGTH(${items}) = 1 AND ${type(value)} NOT IN ('OBJECT', 'ARRAY', 'NULL')`;
  return tidb`CASE WHEN ${isScalar} THEN ${taken} END`;
}

/** What ON EMPTY and ON ERROR give where nothing, or nothing that fits, is found. */
export function withDefaults(
  items: Tidb,
  taken: Tidb,
  target: Value | Tidb,
  empty: Value | Tidb | undefined,
  failed: Value | Tidb | undefined,
): Tidb {
  if (empty === undefined && failed === undefined) return taken;
  const nothing = tidb`CASE WHEN ${target} IS NULL THEN NULL WHEN ${items} IS NULL THEN ${empty ?? raw("NULL")}`;
  if (failed === undefined) return spliced(nothing, tidb` ELSE ${taken} END`);
  const isNull = tidb` WHEN JSON_LENGTH(${items}) = 1 AND JSON_TYPE(JSON_EXTRACT(${items}, '$[0]')) = 'NULL' THEN ${taken}`;
  return spliced(nothing, isNull, tidb` ELSE COALESCE(${taken}, ${failed}) END`);
}
