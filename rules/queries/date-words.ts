import { as, type Context, error, infix, isNode, type Node, rule, type Tidb, tidb, tidbText, type Value, warning } from "../../src/rule.js";

type Ctx = Context<keyof typeof MESSAGES>;

const MESSAGES = {
  frozen: error("'{word}' stands for the time at which {where} is made, and is not converted", {
    help: "write now() or CURRENT_DATE where the time of each use is meant, else the time itself",
  }),
  infinite: warning("'{word}' is {instead} here: TiDB has no infinite times", {
    help: "make sure that no stored time reaches it, and that nothing is computed from it: in PostgreSQL, infinity plus a day is infinity",
  }),
};

export default rule({
  construct: "'now', 'today', 'yesterday', 'tomorrow', 'epoch', 'infinity'",
  why: "PostgreSQL reads these words as times when it reads a statement; TiDB takes them for no time at all, and gives NULL or an error.",
  docs: {
    pg: "https://www.postgresql.org/docs/current/datatype-datetime.html#DATATYPE-DATETIME-SPECIAL-VALUES",
    tidb: "https://docs.pingcap.com/tidb/stable/date-and-time-functions",
  },
  messages: MESSAGES,
  on: (takes) => [
    takes("A_Const", ["sval"], (constant, ctx) => {
      if (ctx.parent?.kind === "TypeCast" || constant.sval === undefined || !wordOf(constant.sval)) return;
      const info = ctx.info(constant as Value);
      return replaced(constant.sval, (info?.coerced ?? info?.type)?.name ?? "", ctx);
    }),
    takes("TypeCast", ["arg", "typeName"], (cast, ctx) => {
      const word = as("A_Const", cast.arg)?.sval;
      // Types are asked for only where they matter: most constants are no such words.
      const type = word !== undefined && wordOf(word) ? ctx.info(cast as Value)?.type : undefined;
      if (word === undefined || type === undefined || (type.mods?.length ?? 0) > 0) return;
      // It answers for such a word itself.
      if (as("FuncCall", ctx.parent as Value)?.funcname?.at(-1) === "isfinite" && Object.hasOwn(INFINITE, word.trim().toLowerCase()))
        return;
      const outcome = replaced(word, type.name, ctx);
      if (outcome) for (const part of [cast.arg, cast.typeName]) if (isNode(part)) ctx.consumed(part as Value);
      return outcome;
    }),
  ],
  examples: [
    {
      given:
        "CREATE TABLE t (id int PRIMARY KEY, at timestamp, d date); INSERT INTO t VALUES (1, '2024-02-29', '1970-01-01'), (2, NULL, NULL)",
      pg: "SELECT id FROM t WHERE at < 'now' AND d < 'today'::date AND d >= 'epoch' AND at < timestamp ' Tomorrow '; UPDATE t SET d = 'yesterday', at = 'today' WHERE id = 2",
      tidb: `SELECT id
FROM t
WHERE at < NOW(6) AND d < CURRENT_DATE AND d >= DATE '1970-01-01' AND at < CAST(CURRENT_DATE + INTERVAL 1 DAY AS DATETIME(6));
UPDATE t SET d = CURRENT_DATE - INTERVAL 1 DAY, at = CAST(CURRENT_DATE AS DATETIME(6)) WHERE id = 2`,
      rejected: { sql: "SELECT TIMESTAMP 'now'", code: 1292 },
    },
    {
      given:
        "CREATE TABLE t (id int PRIMARY KEY, at timestamp, d date); INSERT INTO t VALUES (1, '2024-02-29', '1970-01-01'), (2, NULL, NULL)",
      pg: "SELECT id FROM t WHERE COALESCE(at, 'infinity') > '2024-01-01' AND (d IS NULL OR d > '-Infinity'::date)",
      tidb: `SELECT id
FROM t
WHERE COALESCE(at, TIMESTAMP '9999-12-31 23:59:59.999999') > TIMESTAMP '2024-01-01 00:00:00' AND (d IS NULL OR d > DATE '0001-01-01')`,
      findings: ["infinite", "infinite"],
      rejected: { sql: "SELECT TIMESTAMP 'infinity'", code: 1292 },
    },
    {
      given: "CREATE TABLE t (at timestamp)",
      pg: "CREATE VIEW v AS SELECT at FROM t WHERE at > 'today'::timestamp",
      tidb: null,
      findings: ["frozen"],
    },
  ],
});

const DAY: Readonly<Record<string, Tidb>> = {
  now: tidb`CURRENT_DATE`,
  today: tidb`CURRENT_DATE`,
  yesterday: infix("additive")`CURRENT_DATE - INTERVAL 1 DAY`,
  tomorrow: infix("additive")`CURRENT_DATE + INTERVAL 1 DAY`,
  epoch: tidb`DATE '1970-01-01'`,
};

/** The last and the first time of TiDB stand for those beyond all others. */
const INFINITE: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  infinity: { date: "DATE '9999-12-31'", timestamp: "TIMESTAMP '9999-12-31 23:59:59.999999'" },
  "-infinity": { date: "DATE '0001-01-01'", timestamp: "TIMESTAMP '0001-01-01 00:00:00'" },
};

/** The word that a text is, if it is one that stands for a time. */
function wordOf(text: string): string | undefined {
  const word = text.trim().toLowerCase();
  return Object.hasOwn(DAY, word) || Object.hasOwn(INFINITE, word) ? word : undefined;
}

function timeOf(word: string, type: string): Tidb | undefined {
  const day = DAY[word]!;
  if (type === "date") return day;
  if (type === "time") return word === "now" ? tidb`CURRENT_TIME(6)` : undefined;
  if (type !== "timestamp" && type !== "timestamptz") return undefined;
  return word === "now" ? tidb`NOW(6)` : tidb`CAST(${day} AS DATETIME(6))`;
}

/** Statements that keep an expression; what PostgreSQL reads as a default is a rule's of columns. */
const KEEPERS = { ViewStmt: "the view", RuleStmt: "the rule" } as const;
const DEFINITIONS = ["CreateStmt", "AlterTableStmt", "IndexStmt", "CreateDomainStmt", "AlterDomainStmt", "CreateFunctionStmt"] as const;

function replaced(text: string, type: string, ctx: Ctx): ReturnType<Ctx["replace"]> {
  const word = wordOf(text);
  const infinite = word === undefined ? undefined : INFINITE[word];
  if (word !== undefined && infinite) {
    const instead = infinite[type.replace(/tz$/, "")];
    // A column of instants, a TIMESTAMP, ends in 2038.
    const isStored = type === "timestamptz" && (["InsertStmt", "UpdateStmt"] as const).some((kind) => ctx.within(kind));
    if (instead === undefined || isStored || DEFINITIONS.some((kind) => ctx.within(kind))) return undefined;
    return ctx.replace(tidbText(instead), "infinite", { word, instead: instead.replace(/^\w+ /, "") });
  }
  const value = word === undefined ? undefined : timeOf(word, type);
  if (!word || !value || DEFINITIONS.some((kind) => ctx.within(kind))) return undefined;
  for (const [kind, where] of Object.entries(KEEPERS)) if (ctx.within(kind as Node["kind"])) return ctx.report("frozen", { word, where });
  return ctx.replace(value);
}
