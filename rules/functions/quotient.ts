import { as, type Context, rule, tidb, type Value, warning } from "../../src/rule.js";

type Ctx = Context<"digits">;

export default rule({
  construct: "a quotient of numerics that is computed on with",
  why: `PostgreSQL rounds a quotient to some 16 significant digits, TiDB keeps up to 30 behind the point: 2.0 / 3 * 3 is 2.0000000000000001 in one and
2 in the other. It is rounded here as well, so that what is not exact in PostgreSQL is not exact in TiDB. A quotient that ends, such as
one by 100, is the same in both.`,
  docs: {
    pg: "https://www.postgresql.org/docs/current/functions-math.html",
    tidb: "https://docs.pingcap.com/tidb/stable/numeric-functions-and-operators",
  },
  messages: {
    digits: warning(
      "the quotient is rounded behind the 20th digit, where PostgreSQL keeps 16 significant ones: the last digits of what is computed of it differ",
      {
        help: "multiply before you divide, or ROUND() the result to the digits that are wanted before it is compared or cut",
      },
    ),
  },
  on: (takes) => [
    takes("A_Expr", ["name", "variant", "lexpr", "rexpr"], (node, ctx) => {
      const sign = node.name?.at(-1);
      if (node.variant !== "AEXPR_OP" || !/^[-+*]$/.test(String(sign)) || node.lexpr === undefined || node.rexpr === undefined) return;
      const { lexpr, rexpr } = node;
      const [left, right] = [isRounded(lexpr, ctx), isRounded(rexpr, ctx)];
      // A sum differs from PostgreSQL's no more than its parts do, unless two of them make up for one another.
      const matters = sign === "*" ? (left && !isPowerOfTen(rexpr)) || (right && !isPowerOfTen(lexpr)) : left && right;
      if (!matters) return;
      const patch = { ...(left && { lexpr: rounded(lexpr, ctx) }), ...(right && { rexpr: rounded(rexpr, ctx) }) };
      return ctx.replace(ctx.change(node, patch), "digits");
    }),
  ],
  examples: [
    {
      given: "CREATE TABLE t (a int, n numeric(10,2)); INSERT INTO t VALUES (1, 2.15), (2, -0.05), (3, NULL), (4, 100)",
      pg: "SELECT floor(n / 3 * 3) AS f, n / 3 * 3 = n AS same, n / 3 + n / 3 AS s FROM t",
      tidb: `SELECT
  FLOOR(ROUND(CAST(n AS DECIMAL(65,24)) / 3, 20) * 3) AS f,
  ROUND(CAST(n AS DECIMAL(65,24)) / 3, 20) * 3 = n AS same,
  ROUND(CAST(n AS DECIMAL(65,24)) / 3, 20) + ROUND(CAST(n AS DECIMAL(65,24)) / 3, 20) AS s
FROM t`,
      findings: ["digits", "digits", "digits"],
    },
    {
      given: "CREATE TABLE t (a int, n numeric(10,2)); INSERT INTO t VALUES (1, 2.15), (2, -0.05), (3, NULL), (4, 100)",
      pg: "SELECT n / 100 * 7 AS a, n / 3 * 100 AS b, n * 3 / 7 AS c, 1 - n / 3 AS d FROM t",
      tidb: `SELECT
  CAST(n AS DECIMAL(65,24)) / 100 * 7 AS a,
  CAST(n AS DECIMAL(65,24)) / 3 * 100 AS b,
  CAST(n * 3 AS DECIMAL(65,24)) / 7 AS c,
  1 - CAST(n AS DECIMAL(65,24)) / 3 AS d
FROM t`,
    },
  ],
});

/** Whether a value is a quotient of numerics that PostgreSQL may have to round. */
function isRounded(value: Value, ctx: Ctx): boolean {
  const quotient = as("A_Expr", value);
  const call = ctx.info(quotient)?.call;
  if (call?.name !== "/" || call.args[0] !== "numeric") return false;
  const divisor = numberOf(quotient?.rexpr);
  return divisor === undefined || !ends(divisor);
}

function numberOf(value: Value | undefined): string | undefined {
  const constant = as("A_Const", value);
  return constant?.ival?.toString() ?? constant?.fval;
}

/** Whether a division by that number comes to an end: it is made of twos and fives. */
function ends(number: string): boolean {
  let rest = Number(number.replace(".", ""));
  if (!Number.isSafeInteger(rest) || rest === 0) return false;
  for (const factor of [2, 5]) while (rest % factor === 0) rest /= factor;
  return rest === 1;
}

function isPowerOfTen(value: Value): boolean {
  return /^10*(?:\.0*)?$/.test(numberOf(value) ?? "");
}

function rounded(value: Value, ctx: Ctx): Value {
  return ctx.stand(tidb`ROUND(${value}, 20)`, value as never) as unknown as Value;
}
