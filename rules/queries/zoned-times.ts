import {
  as,
  type Context,
  functionCall,
  HOLD_QUERIES,
  type Node,
  note,
  type ResTarget,
  rewritten,
  rule,
  type TypeCast,
  typeName,
  type Value,
} from "../../src/rule.js";

type Ctx = Context<"read">;

/** A local time and the name of a zone: an offset, Z, AM and BC are read as they stand. */
const ZONED =
  /^\s*(\d{4}-\d{1,2}-\d{1,2}(?:[ T]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?)?)\s+(?!(?:AM|PM|BC|AD|Z|UTC|GMT)\s*$)([A-Z][A-Za-z_]+(?:\/[A-Za-z_/-]+)?)\s*$/i;

const constant = (sval: string): Value => ({ kind: "A_Const", sval }) as Value;

/** The instant of a literal: a local time at its zone. */
function instant(text: string | undefined, literal: Value, ctx: Ctx): Node | undefined {
  const [, local, zone] = ZONED.exec(text ?? "") ?? [];
  if (local === undefined || zone === undefined) return undefined;
  ctx.consumed(literal);
  ctx.report("read", { zone }, literal as Node);
  const at = { kind: "TypeCast", arg: constant(local), typeName: { kind: "TypeName", names: ["timestamp"] } } as Value;
  return functionCall("timezone", [constant(zone), at]) as Node;
}

/** A literal with its type written beside it. */
function castOf(value: Value | undefined): { readonly cast: TypeCast; readonly text: string } | undefined {
  const cast = as("TypeCast", value);
  const type = as("TypeName", cast?.typeName);
  const text = as("A_Const", cast?.arg)?.sval;
  const isPlain = cast !== undefined && type !== undefined && !type.typmods?.length && typeName(type).name === "timestamptz";
  return isPlain && text !== undefined && ZONED.test(text) ? { cast, text } : undefined;
}

export default rule({
  construct: "'2024-01-01 00:00 Europe/Berlin' as a timestamptz",
  why: "TiDB reads offsets in a literal and no names of zones: the literal is read as a local time AT TIME ZONE the name.",
  docs: {
    pg: "https://www.postgresql.org/docs/current/datatype-datetime.html#DATATYPE-TIMEZONES",
    tidb: "https://docs.pingcap.com/tidb/stable/configure-time-zone",
  },
  messages: { read: note("the time is a local one in {zone}") },
  restates: HOLD_QUERIES,
  about: "A_Const",
  where: (node) => ZONED.test(as("A_Const", node)?.sval ?? ""),
  restate(statement, ctx) {
    const change = ctx.change as never;
    // A column that a cast makes has the name of the type.
    const named = rewritten(statement as unknown as Value, change, (node) => {
      const target = as("ResTarget", node);
      return (
        target && target.name === undefined && castOf(target.val) ? ctx.change(target as ResTarget, { name: "timestamptz" }) : undefined
      ) as never;
    });
    const cast = rewritten(named, change, (node) => {
      const found = castOf(node as Value);
      return (found && instant(found.text, found.cast as unknown as Value, ctx)) as never;
    });
    const next = rewritten(cast, change, (node) => {
      const literal = as("A_Const", node);
      const isTime = literal?.sval !== undefined && ctx.info(literal)?.coerced?.name === "timestamptz";
      return (isTime ? instant(literal.sval, literal as Value, ctx) : undefined) as never;
    });
    return next === (statement as unknown) ? undefined : [{ node: next as never }];
  },
  examples: [
    {
      given:
        "CREATE TABLE t (id int PRIMARY KEY, at timestamptz); INSERT INTO t VALUES (1, '2024-07-01 12:00:00+00'), (2, '2024-01-01 04:59:59+00'), (3, NULL)",
      pg: "SELECT timestamptz '2024-01-01 00:00:00 America/New_York', '2024-03-31 02:30 Europe/Berlin'::timestamptz AS gap, '2024-01-01 PST'::timestamptz AS p; SELECT id FROM t WHERE at >= '2024-07-01 14:00 Europe/Paris' OR at < '2024-01-01 America/New_York'",
      tidb: `SELECT
  CASE WHEN CONVERT_TZ(CONVERT_TZ(TIMESTAMP '2024-01-01 00:00:00', 'America/New_York', '+00:00'), '+00:00', 'America/New_York') <> TIMESTAMP '2024-01-01 00:00:00' THEN DATE_ADD(CONVERT_TZ(DATE_SUB(TIMESTAMP '2024-01-01 00:00:00', INTERVAL 1 DAY), 'America/New_York', '+00:00'), INTERVAL 1 DAY) WHEN CONVERT_TZ(DATE_SUB(CONVERT_TZ(DATE_ADD(TIMESTAMP '2024-01-01 00:00:00', INTERVAL 1 DAY), 'America/New_York', '+00:00'), INTERVAL 1 DAY), '+00:00', 'America/New_York') = TIMESTAMP '2024-01-01 00:00:00' THEN DATE_SUB(CONVERT_TZ(DATE_ADD(TIMESTAMP '2024-01-01 00:00:00', INTERVAL 1 DAY), 'America/New_York', '+00:00'), INTERVAL 1 DAY) ELSE CONVERT_TZ(TIMESTAMP '2024-01-01 00:00:00', 'America/New_York', '+00:00') END AS timestamptz,
  CASE WHEN CONVERT_TZ(CONVERT_TZ(TIMESTAMP '2024-03-31 02:30:00', 'Europe/Berlin', '+00:00'), '+00:00', 'Europe/Berlin') <> TIMESTAMP '2024-03-31 02:30:00' THEN DATE_ADD(CONVERT_TZ(DATE_SUB(TIMESTAMP '2024-03-31 02:30:00', INTERVAL 1 DAY), 'Europe/Berlin', '+00:00'), INTERVAL 1 DAY) WHEN CONVERT_TZ(DATE_SUB(CONVERT_TZ(DATE_ADD(TIMESTAMP '2024-03-31 02:30:00', INTERVAL 1 DAY), 'Europe/Berlin', '+00:00'), INTERVAL 1 DAY), '+00:00', 'Europe/Berlin') = TIMESTAMP '2024-03-31 02:30:00' THEN DATE_SUB(CONVERT_TZ(DATE_ADD(TIMESTAMP '2024-03-31 02:30:00', INTERVAL 1 DAY), 'Europe/Berlin', '+00:00'), INTERVAL 1 DAY) ELSE CONVERT_TZ(TIMESTAMP '2024-03-31 02:30:00', 'Europe/Berlin', '+00:00') END AS gap,
  CONVERT_TZ(TIMESTAMP '2024-01-01 00:00:00', '-08:00', '+00:00') AS p;
SELECT id
FROM t
WHERE at >= CASE WHEN CONVERT_TZ(CONVERT_TZ(TIMESTAMP '2024-07-01 14:00:00', 'Europe/Paris', '+00:00'), '+00:00', 'Europe/Paris') <> TIMESTAMP '2024-07-01 14:00:00' THEN DATE_ADD(CONVERT_TZ(DATE_SUB(TIMESTAMP '2024-07-01 14:00:00', INTERVAL 1 DAY), 'Europe/Paris', '+00:00'), INTERVAL 1 DAY) WHEN CONVERT_TZ(DATE_SUB(CONVERT_TZ(DATE_ADD(TIMESTAMP '2024-07-01 14:00:00', INTERVAL 1 DAY), 'Europe/Paris', '+00:00'), INTERVAL 1 DAY), '+00:00', 'Europe/Paris') = TIMESTAMP '2024-07-01 14:00:00' THEN DATE_SUB(CONVERT_TZ(DATE_ADD(TIMESTAMP '2024-07-01 14:00:00', INTERVAL 1 DAY), 'Europe/Paris', '+00:00'), INTERVAL 1 DAY) ELSE CONVERT_TZ(TIMESTAMP '2024-07-01 14:00:00', 'Europe/Paris', '+00:00') END OR at < CASE WHEN CONVERT_TZ(CONVERT_TZ(TIMESTAMP '2024-01-01 00:00:00', 'America/New_York', '+00:00'), '+00:00', 'America/New_York') <> TIMESTAMP '2024-01-01 00:00:00' THEN DATE_ADD(CONVERT_TZ(DATE_SUB(TIMESTAMP '2024-01-01 00:00:00', INTERVAL 1 DAY), 'America/New_York', '+00:00'), INTERVAL 1 DAY) WHEN CONVERT_TZ(DATE_SUB(CONVERT_TZ(DATE_ADD(TIMESTAMP '2024-01-01 00:00:00', INTERVAL 1 DAY), 'America/New_York', '+00:00'), INTERVAL 1 DAY), '+00:00', 'America/New_York') = TIMESTAMP '2024-01-01 00:00:00' THEN DATE_SUB(CONVERT_TZ(DATE_ADD(TIMESTAMP '2024-01-01 00:00:00', INTERVAL 1 DAY), 'America/New_York', '+00:00'), INTERVAL 1 DAY) ELSE CONVERT_TZ(TIMESTAMP '2024-01-01 00:00:00', 'America/New_York', '+00:00') END`,
      findings: ["read", "read", "read", "read", "read"],
      rejected: { sql: "SELECT TIMESTAMP '2024-01-01 00:00:00 America/New_York'", code: 1292 },
    },
  ],
});
