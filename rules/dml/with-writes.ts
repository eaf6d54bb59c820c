import {
  as,
  assignments,
  type Column,
  type CommonTableExpr,
  type Context,
  changesWhenStored,
  type DeleteStmt,
  eachDescendant,
  error,
  find,
  HOLD_QUERIES,
  type InsertStmt,
  identifier,
  insertedRows,
  isNode,
  type Node,
  nodesOf,
  type RangeVar,
  type Raw,
  type Restated,
  raw,
  relationName,
  rule,
  type SelectStmt,
  shownBefore,
  staysSame,
  type Tidb,
  tidbText,
  typeName,
  type UpdateStmt,
  unplaced,
  type Value,
  type WithClause,
  warning,
} from "../../src/rule.js";

type Ctx = Context<keyof typeof MESSAGES>;
type Writing = InsertStmt | UpdateStmt | DeleteStmt;
type Statement = Writing | SelectStmt;

const MESSAGES = {
  statements: warning("WITH that writes became {count} statements: run them in one transaction, on one connection, in this order", {
    help: "BEGIN; the statements; COMMIT. Where other transactions write the same rows at that time, lock them first: SELECT … FOR UPDATE",
  }),
  refused: error("WITH that writes is not converted: {what}", {
    help: "write the statements one after the other in a transaction: read the rows that are needed first, then write",
  }),
};

export default rule({
  construct: "WITH … AS (INSERT, UPDATE, DELETE … RETURNING)",
  why: `No statement of TiDB writes within another. In PostgreSQL all parts see the rows as they were before: what reads the rows of a DELETE goes
before it, what reads the rows of an INSERT goes after it, and nothing reads a table that an earlier statement has written.`,
  docs: {
    pg: "https://www.postgresql.org/docs/current/queries-with.html#QUERIES-WITH-MODIFYING",
    tidb: "https://docs.pingcap.com/tidb/stable/sql-statement-with",
  },
  messages: MESSAGES,
  restates: HOLD_QUERIES,
  about: "CommonTableExpr",
  restate(statement, ctx) {
    const main = STATEMENTS.has(statement.kind) ? (statement as Statement) : undefined;
    if (!main?.withClause?.ctes?.some((cte) => writing(cte))) return undefined;
    const plan = planOf(main, ctx);
    if (typeof plan === "string") {
      ctx.report("refused", { what: plan });
      return undefined;
    }
    ctx.report("statements", { count: plan.length });
    return plan.map((node): Restated => ({ node }));
  },
  examples: [
    {
      given:
        "CREATE TABLE t (id int PRIMARY KEY, a int); CREATE TABLE old (id int PRIMARY KEY, a int); INSERT INTO t VALUES (1, 5), (2, NULL)",
      pg: "WITH gone AS (DELETE FROM t WHERE a > 3 RETURNING *) INSERT INTO old SELECT * FROM gone",
      tidb: "INSERT INTO old WITH gone AS (SELECT * FROM t WHERE a > 3) SELECT * FROM gone;\nDELETE FROM t WHERE a > 3",
      findings: ["statements"],
      rejected: { sql: "WITH gone AS (DELETE FROM t WHERE a > 3 RETURNING *) SELECT * FROM gone", code: 1064 },
    },
    {
      given: "CREATE TABLE t (id serial PRIMARY KEY, a int); CREATE TABLE u (t int, b int)",
      pg: "WITH made AS (INSERT INTO t (a) VALUES (7) RETURNING id) INSERT INTO u SELECT id, 9 FROM made",
      tidb: `INSERT INTO t (a) VALUES (7);
SET @made_first = LAST_INSERT_ID(), @made_rows = ROW_COUNT();
INSERT INTO u WITH made AS (SELECT id FROM t WHERE id = @made_first) SELECT id, 9 FROM made`,
      findings: ["statements"],
    },
    {
      given: "CREATE TABLE t (id int PRIMARY KEY, a numeric(6,2)); INSERT INTO t VALUES (1, 5), (2, NULL)",
      pg: "WITH cut AS (UPDATE t SET a = a / 7 WHERE a > 0 RETURNING id, a) SELECT a FROM cut",
      tidb: `WITH cut AS (SELECT id, CAST(CAST(a AS DECIMAL(65,24)) / 7 AS DECIMAL(6,2)) AS a FROM t WHERE a > 0)
SELECT a FROM cut;
UPDATE t SET a = CAST(a AS DECIMAL(65,24)) / 7 WHERE a > 0`,
      findings: ["statements"],
    },
    {
      given: "CREATE TABLE t (id serial PRIMARY KEY, a int); CREATE TABLE u (t int, b int)",
      pg: "WITH made AS (INSERT INTO t (a) VALUES (7) RETURNING id) SELECT made.id, t.a FROM made, t",
      tidb: null,
      findings: ["refused"],
    },
  ],
});

const STATEMENTS = new Set(["SelectStmt", "InsertStmt", "UpdateStmt", "DeleteStmt"]);

function writing(cte: Value): Writing | undefined {
  const query = as("CommonTableExpr", cte)?.ctequery;
  return as("InsertStmt", query) ?? as("UpdateStmt", query) ?? as("DeleteStmt", query);
}

/** A query of WITH. */
interface Part {
  readonly name: string;
  /** With a SELECT in the place of what writes. */
  readonly cte: CommonTableExpr;
  readonly write?: Writing;
  /** The table whose rows the SELECT shows once they are written; without it, it shows them as they were before. */
  readonly after?: string;
  /** Keeps the numbers of its rows for the statements that follow. */
  readonly count?: Tidb;
}

function planOf(main: Statement, ctx: Ctx): readonly Node[] | string {
  const ctes = nodesOf("CommonTableExpr", main.withClause!.ctes!);
  if (main.withClause!.recursive) return "it is RECURSIVE";
  const rest = ctx.change(main, { withClause: undefined }) as Statement;
  const parts: Part[] = [];
  for (const cte of ctes) {
    const name = cte.ctename ?? "";
    const write = writing(cte);
    const others = [rest, ...ctes.flatMap((other) => (other === cte ? [] : [other.ctequery]))];
    const isRead = others.some((other) => reads(other).some(({ schemaname, relname }) => schemaname === undefined && relname === name));
    const rows = write && isRead ? rowsOf(write, name, ctx) : undefined;
    if (typeof rows === "string") return `the rows of ${name} cannot be read: ${rows}`;
    if (write?.returningClause && !isRead) ctx.consumed(write.returningClause);
    if (write) ctx.carried(cte, ["ctename", "ctequery", "aliascolnames", "ctematerialized"]);
    const { query, ...how } = rows ?? {};
    parts.push({ name, cte: query ? (ctx.change(cte, { ctequery: query }) as CommonTableExpr) : cte, ...(write && { write }), ...how });
  }
  ctx.carried(main.withClause!, ["ctes", "recursive"]);
  const steps = stepsOf(rest, parts, ctx);
  return typeof steps === "string" ? steps : steps.flatMap(({ node, part }) => (part?.count ? [node, part.count as never] : [node]));
}

interface Step {
  readonly node: Statement;
  /** Missing for the statement that WITH stands before. */
  readonly part?: Part;
}

/**
 * The statements in an order in which each reads what it would in PostgreSQL. To be tried first: what shows its rows afterwards, then the
 * statement itself, then what is only written or shows its rows as they were before, the last one of them first.
 */
function stepsOf(rest: Statement, parts: readonly Part[], ctx: Ctx): readonly Step[] | string {
  const step = (part: Part): Step => ({ node: ctx.change(part.write!, { returningClause: undefined }) as Statement, part });
  const first = parts.filter(({ write, after }) => write && after !== undefined).map(step);
  const last = parts.filter(({ write, after }) => write && after === undefined).map(step);
  const problems: string[] = [];
  const search = (done: readonly Step[], left: readonly Step[]): readonly Step[] | undefined => {
    if (left.length === 0) return done;
    for (const next of left) {
      const problem = problemOf(next, done, parts);
      if (problem !== undefined) problems.push(problem);
      else {
        const found = search(
          [...done, next],
          left.filter((each) => each !== next),
        );
        if (found) return found;
      }
    }
    return undefined;
  };
  const steps = search([], [...first, { node: rest }, ...last.reverse()]);
  if (!steps) return problems[0]!;
  return steps.map(({ node, part }): Step => {
    const ctes = neededBy(node, parts).map(({ cte }) => cte);
    const withClause: WithClause = { kind: "WithClause", ctes };
    return { node: ctes.length > 0 ? (ctx.change(node, { withClause }) as Statement) : node, ...(part && { part }) };
  });
}

/** Why a statement does not read what it would in PostgreSQL when it comes after these. */
function problemOf({ node, part }: Step, done: readonly Step[], parts: readonly Part[]): string | undefined {
  const needed = neededBy(node, parts);
  const read = [...tablesRead(node), ...needed.flatMap(({ after, cte }) => (after === undefined ? tablesRead(cte) : []))];
  const written = done.flatMap((step) => (step.node.kind === "SelectStmt" ? [] : [{ table: step.node.relation!.relname!, by: step.part }]));
  const early = written.find(({ table }) => read.includes(table));
  if (early) return `${part?.name ?? "the statement"} reads ${early.table}, which ${early.by?.name ?? "the statement"} writes`;
  for (const { name, after, write } of needed) {
    if (after === undefined) continue;
    if (!done.some((step) => step.part?.write === write)) return `the rows of ${name} are not there yet`;
    if (written.some(({ table, by }) => table === after && by?.write !== write))
      return `${after} is written again before the rows of ${name} are read`;
  }
  return undefined;
}

/** Queries of WITH that a statement names, and those that they name. */
function neededBy(statement: Node, parts: readonly Part[]): readonly Part[] {
  const needed = new Set<Part>();
  const visit = (value: Value | undefined) => {
    for (const { relname, schemaname } of reads(value)) {
      const part = schemaname === undefined ? parts.find(({ name }) => name === relname) : undefined;
      if (!part || needed.has(part)) continue;
      needed.add(part);
      visit(part.cte.ctequery);
    }
  };
  visit(statement as Value);
  return parts.filter((part) => needed.has(part));
}

function reads(value: Value | undefined): RangeVar[] {
  const found: RangeVar[] = [];
  if (isNode(value))
    eachDescendant(value, (node) => {
      if (node.kind === "RangeVar") found.push(node);
    });
  return found;
}

/** Names of the relations whose rows a statement reads: an INSERT does not read those of its table, unless it looks for conflicts. */
function tablesRead(node: Node): string[] {
  const target = node.kind === "InsertStmt" && !node.onConflictClause ? node.relation : undefined;
  return reads(node).flatMap((relation) => (relation === target ? [] : (relation.relname ?? "")));
}

interface Rows {
  readonly query: SelectStmt;
  readonly after?: string;
  readonly count?: Tidb;
}

/** The rows that RETURNING shows, as a query; or why there is none. */
function rowsOf(write: Writing, name: string, ctx: Ctx): Rows | string {
  const returning = write.returningClause;
  if (!returning) return "it has no RETURNING";
  if (returning.options?.length) return "it names old or new rows";
  ctx.carried(returning, ["exprs"]);
  const table = find(ctx.catalog, ctx.catalog.tables, relationName(write.relation!));
  const others = write.kind === "InsertStmt" ? [] : write.kind === "UpdateStmt" ? (write.fromClause ?? []) : (write.usingClause ?? []);
  const query = (targetList: readonly Value[], where: Value | undefined): SelectStmt => ({
    kind: "SelectStmt",
    op: "SETOP_NONE",
    limitOption: "LIMIT_OPTION_DEFAULT",
    targetList,
    fromClause: [write.relation!, ...others],
    ...(where !== undefined && { whereClause: where }),
  });
  const shown = returning.exprs ?? [];
  const after = write.relation!.relname!;
  if (write.kind === "InsertStmt") {
    const conflict = write.onConflictClause;
    const found = table && insertedRows(write, table, write);
    if (!found || (conflict && (conflict.action !== "ONCONFLICT_UPDATE" || conflict.whereClause)))
      return "nothing tells its new rows from others";
    const [first, count] = ["first", "rows"].map((word) => raw(`@${identifier(`${name}_${word}`)}`)) as [Raw, Raw];
    const kept = tidbText(`SET ${first.raw} = LAST_INSERT_ID(), ${count.raw} = ROW_COUNT()`);
    return { query: query(shown, found.where({ first, count }) as unknown as Value), after, ...(found.counts && { count: kept }) };
  }
  if (write.kind === "DeleteStmt") return { query: query(shown, write.whereClause) };
  if (others.length === 0 && staysSame(write.whereClause, assignments(write))) return { query: query(shown, write.whereClause), after };
  const assigned = (value: Value, { type }: Column): Value =>
    changesWhenStored(ctx.info(value as Node)?.type.name, typeName(type).name, type)
      ? ({ kind: "TypeCast", arg: value, typeName: unplaced(type) } as Value)
      : value;
  const before = shownBefore(write, returning, table, (target) => ctx.consumed(target), assigned);
  return typeof before === "string" ? before : { query: query(before, write.whereClause) };
}
