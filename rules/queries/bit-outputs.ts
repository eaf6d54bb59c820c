import {
  aggregates,
  as,
  bitLength,
  type Context,
  holds,
  isNode,
  note,
  outputName,
  type ResTarget,
  raw,
  rule,
  type SelectStmt,
  tidb,
  type Value,
  warning,
} from "../../src/rule.js";

type Ctx = Context<"shown" | "number">;

/** Whether it gives bits that are computed or written out, which are a number in TiDB. */
function isComputed(value: Value | undefined, ctx: Ctx): boolean {
  if (as("A_Const", value)?.bsval !== undefined) return true;
  const node = as("A_Expr", value) ?? as("FuncCall", value) ?? as("TypeCast", value);
  return node !== undefined && ctx.info(node)?.type.name === "bit";
}

/** Whether it gives bits that may be a number. */
function isNumber(value: Value | undefined, ctx: Ctx): boolean {
  if (!isNode(value) || ctx.info(value)?.type.name !== "bit") return false;
  return isComputed(value, ctx) || holds(value, (node) => isComputed(node as Value, ctx));
}

/** Without this rule they are not printed: what is shown, their printer cannot tell. */
function judge(targets: readonly (ResTarget | undefined)[], ctx: Ctx): void {
  for (const target of targets) if (isNode(target?.val) && ctx.info(target.val)?.type.name === "bit") ctx.judged(target.val);
}

/** The text of the bits, under the name that PostgreSQL gives the column. */
function shown(target: ResTarget, ctx: Ctx): Value {
  const length = bitLength(target.val, (value) => ctx.info(value)?.type);
  // Its form has no length either, and is refused.
  if (length === undefined) return target as unknown as Value;
  ctx.report("shown", {}, target);
  const name = target.name ?? outputName(ctx.origin(target));
  const val = ctx.stand(tidb`LPAD(BIN(${target.val!}), ${raw(String(length))}, '0')`, target.val as never) as unknown as Value;
  return ctx.change(target, { val, ...(name !== undefined && { name }) }) as unknown as Value;
}

export default rule({
  construct: "bits that a query computes",
  why: `Computed bits are a number in TiDB, as those of a BIT column are. What a query returns is shown as PostgreSQL shows it, by their text; within
a query, and where they go into a column, they stay a number.`,
  docs: {
    pg: "https://www.postgresql.org/docs/current/functions-bitstring.html",
    tidb: "https://docs.pingcap.com/tidb/stable/bit-functions-and-operators",
  },
  messages: {
    shown: note("the bits are returned as their text"),
    number: warning("the bits are a number here: compared and put into a column they are the same, shown they are not", {
      help: "LPAD(BIN(x), 8, '0') shows 8 bits",
    }),
  },
  on: (takes) => [
    takes("SelectStmt", ["targetList", "groupClause"], (readable, ctx) => {
      const select = readable as SelectStmt;
      const targets = (select.targetList ?? []).map((item) => as("ResTarget", item));
      judge(targets, ctx);
      if (!targets.some((target) => isNumber(target?.val, ctx))) return;
      // Into a column they go as the number that they are.
      if (ctx.parent?.kind === "InsertStmt") return;
      const isWhole = ctx.parent === undefined || ctx.parent.kind === "RawStmt";
      const targetList = targets.map((target, i) => {
        const own = select.targetList![i]!;
        if (!target || !isNumber(target.val, ctx)) return own;
        // What a group is made by has to stay as it is written there.
        if (isWhole && isComputed(target.val, ctx) && (!select.groupClause || aggregates(own, ctx))) return shown(target, ctx);
        ctx.report("number", {}, target);
        return own;
      });
      return targetList.some((item, i) => item !== select.targetList![i]) ? ctx.replace(ctx.change(select, { targetList })) : undefined;
    }),
    takes("ReturningClause", ["exprs"], (returning, ctx) => {
      const targets = (returning.exprs ?? []).map((item) => as("ResTarget", item));
      judge(targets, ctx);
      for (const target of targets) {
        if (target && isNumber(target.val, ctx)) ctx.report("number", {}, target);
      }
      return undefined;
    }),
  ],
  examples: [
    {
      given:
        "CREATE TABLE t (id int PRIMARY KEY, a bit(5), b bit(8) NOT NULL); INSERT INTO t VALUES (1, B'10001', B'00000001'), (2, NULL, B'11111111'), (3, B'00000', B'10000000')",
      pg: "SELECT id, a & B'10000' AS x, ~b, 5::bit(4), set_bit(b, 0, 1) FROM t ORDER BY a # B'00001', id; SELECT x FROM (SELECT a << 1 AS x FROM t) AS s; UPDATE t SET b = b | B'00001111' WHERE id = 1; SELECT CASE WHEN id > 1 THEN ~b ELSE b END AS x FROM t; SELECT a & B'00001' AS x, bit_or(b) FROM t GROUP BY a & B'00001'",
      tidb: `SELECT
  id,
  LPAD(BIN(CAST(a AS UNSIGNED) & CAST(b'10000' AS UNSIGNED)), 5, '0') AS x,
  LPAD(BIN(CAST(b AS UNSIGNED) ^ 255), 8, '0'),
  LPAD(BIN(5 & 15), 4, '0') AS bit,
  LPAD(BIN(CAST(b AS UNSIGNED) | 128), 8, '0') AS set_bit
FROM t
ORDER BY CAST(a AS UNSIGNED) ^ CAST(b'00001' AS UNSIGNED) IS NULL, CAST(a AS UNSIGNED) ^ CAST(b'00001' AS UNSIGNED), id;
SELECT x FROM (SELECT CAST(a AS UNSIGNED) << 1 & 31 AS x FROM t) AS s;
UPDATE t SET b = CAST(b AS UNSIGNED) | CAST(b'00001111' AS UNSIGNED) WHERE id = 1;
SELECT CASE WHEN id > 1 THEN CAST(b AS UNSIGNED) ^ 255 ELSE b END AS x FROM t;
SELECT
  CAST(a AS UNSIGNED) & CAST(b'00001' AS UNSIGNED) AS x,
  LPAD(BIN(CASE WHEN COUNT(b) > 0 THEN BIT_OR(CAST(b AS UNSIGNED)) END), 8, '0') AS bit_or
FROM t
GROUP BY CAST(a AS UNSIGNED) & CAST(b'00001' AS UNSIGNED)`,
      findings: ["shown", "shown", "shown", "shown", "number", "number", "number", "shown"],
    },
  ],
});
