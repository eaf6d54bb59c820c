import {
  as,
  type Context,
  conjunction,
  error,
  find,
  holds,
  isNode,
  isStar,
  type Kind,
  type Node,
  type NodeOf,
  nodesOf,
  note,
  outputName,
  type RangeVar,
  type Reader,
  type ResTarget,
  relationName,
  rewritten,
  rule,
  type SelectStmt,
  type Table,
  unplaced,
  type Value,
} from "../../src/rule.js";

const WRITES = ["InsertStmt", "UpdateStmt", "DeleteStmt"] as const satisfies readonly Kind[];
type Write = NodeOf<(typeof WRITES)[number]>;
type Ctx = Context<keyof typeof MESSAGES>;

/** What the statements do, in the reader's words. */
const WORDS: Readonly<Record<(typeof WRITES)[number], string>> = {
  InsertStmt: "INSERT into",
  UpdateStmt: "UPDATE of",
  DeleteStmt: "DELETE from",
};

const MESSAGES = {
  through: note("{what} {view} goes to {table}, which the view reads, with the view's condition"),
  lost: error("{what} {view} is not in the output: it is a view, and TiDB writes to tables only", {
    help: "write to the table that the view reads, with the view's condition where it has one",
  }),
};

export default rule({
  construct: "INSERT, UPDATE and DELETE of a view",
  why: `PostgreSQL writes through simple views, and through others by rules and INSTEAD OF triggers. TiDB writes to tables only (error 1105). What is
written to a view that PostgreSQL updates by itself goes to the view's table, with its condition (rewriteHandler.c, rewriteTargetView).`,
  docs: {
    pg: "https://www.postgresql.org/docs/current/sql-createview.html#SQL-CREATEVIEW-UPDATABLE-VIEWS",
    tidb: "https://docs.pingcap.com/tidb/stable/views",
  },
  messages: MESSAGES,
  restates: WRITES,
  restate(statement, ctx) {
    let node = statement as Write;
    // A view over a view is the next one's turn.
    for (let next = throughView(node, ctx); next; next = throughView(node, ctx)) node = next;
    return node === statement ? undefined : [{ node }];
  },
  on: (takes) =>
    WRITES.map((kind) =>
      takes(kind, ["relation"], (statement, ctx) => {
        const name = statement.relation && relationName(statement.relation as NodeOf<"RangeVar">);
        if (!name || !find(ctx.catalog, ctx.catalog.views, name) || find(ctx.catalog, ctx.catalog.tables, name)) return;
        return ctx.drop("lost", { what: WORDS[kind], view: name.name });
      }),
    ),
  examples: [
    {
      given: `CREATE TABLE t (id int PRIMARY KEY, a int, b text DEFAULT 'x'); CREATE VIEW v AS SELECT id, a AS n, a + 1 AS more FROM t WHERE a > 0;
INSERT INTO t VALUES (1, 5, 'y'), (2, NULL, 'y'), (3, -7, 'y'), (4, 8, 'y')`,
      pg: "INSERT INTO v (id, n) VALUES (7, 2), (8, -1); UPDATE v SET n = more + v.n WHERE id > 1; DELETE FROM v AS w WHERE w.n = 5",
      tidb: "INSERT INTO t (id, a) VALUES (7, 2), (8, -1);\nUPDATE t AS v SET a = v.a + 1 + v.a WHERE v.a > 0 AND id > 1;\nDELETE FROM t AS w WHERE w.a > 0 AND w.a = 5",
      findings: ["through", "through", "through"],
    },
    {
      given:
        "CREATE TABLE t (a int); CREATE VIEW v AS SELECT DISTINCT a FROM t; CREATE VIEW w AS SELECT a, a + 1 AS b FROM t WHERE a > 0 WITH CHECK OPTION; CREATE VIEW x AS SELECT a FROM t; CREATE RULE r AS ON DELETE TO x DO INSTEAD NOTHING; CREATE VIEW y AS SELECT a FROM t; ALTER VIEW y ALTER a SET DEFAULT 5",
      pg: "INSERT INTO v VALUES (1); UPDATE w SET a = 2; DELETE FROM v WHERE a = 1; DELETE FROM x; INSERT INTO y VALUES (DEFAULT)",
      tidb: null,
      findings: ["lost", "lost", "lost", "lost", "lost"],
      rejected: { sql: "INSERT INTO v VALUES (1)", code: 1105 },
    },
  ],
});

/** A view of one table that PostgreSQL writes through by itself. */
interface Through {
  readonly name: string;
  /** What its columns are, by name. */
  readonly columns: ReadonlyMap<string, Value>;
  readonly condition: Value | undefined;
  readonly from: RangeVar;
  /** Columns of the table, also those that the view does not have. */
  readonly own: ReadonlySet<string>;
}

const CLAUSES = new Set(["kind", "op", "limitOption", "location", "targetList", "fromClause", "whereClause"]);

function throughOf(reader: Reader | undefined, ctx: Ctx): Through | undefined {
  const { query, node, aliases } = reader ?? {};
  const from = query?.fromClause?.length === 1 ? as("RangeVar", query.fromClause[0]) : undefined;
  const isPlain = query && Object.keys(query).every((clause) => CLAUSES.has(clause)) && query.op === "SETOP_NONE";
  if (!reader || !isPlain || !from || node?.kind !== "ViewStmt" || (node.withCheckOption ?? NO_CHECK) !== NO_CHECK || node.options)
    return undefined;
  if (ctx.catalog.rerouted.has(`${reader.schema}.${reader.name}`) || holds(query as SelectStmt, ({ kind }) => kind === "SubLink"))
    return undefined;
  const table = find(ctx.catalog, ctx.catalog.tables, relationName(from)) ?? find(ctx.catalog, ctx.catalog.derived, relationName(from));
  const own = table && ("constraints" in table ? [...(table as Table).columns.keys()] : table.columns.map(({ name }) => name));
  const targets = nodesOf("ResTarget", query!.targetList);
  const columns = targets.flatMap((target, i) => {
    const name = aliases?.[i] === undefined ? outputName(target) : String(aliases[i]);
    return name === undefined || target.val === undefined || isStar(target.val) ? [] : [[name, target.val] as const];
  });
  if (!own || columns.length < targets.length || targets.some(({ val }) => holds(val, ({ kind }) => kind === "FuncCall"))) return undefined;
  return { name: reader.name, columns: new Map(columns), condition: query!.whereClause, from, own: new Set(own) };
}

const NO_CHECK = "NO_CHECK_OPTION";

/** The column of the table that a column of the view is. */
const plain = (value: Value | undefined): string | undefined => {
  const name = as("ColumnRef", value)?.fields?.at(-1);
  return typeof name === "string" ? name : undefined;
};

/** The statement on the table, or the view, below the view that it writes; undefined where it writes none, or none that can be told. */
function throughView(statement: Write, ctx: Ctx): Write | undefined {
  const { relation } = statement;
  const name = relation && relationName(relation);
  if (!relation || !name || find(ctx.catalog, ctx.catalog.tables, name)) return undefined;
  const view = find(ctx.catalog, ctx.catalog.views, name) && throughOf(find(ctx.catalog, ctx.catalog.readers, name), ctx);
  const alias = relation.alias?.aliasname ?? name.name;
  if (!view || relation.alias?.colnames) return undefined;
  const written = writtenBy(statement, view, ctx);
  const below = written && onTable(written, view, alias, ctx);
  if (!below) return undefined;
  const { schemaname, relname } = view.from;
  const plainInsert = statement.kind === "InsertStmt" && !statement.onConflictClause && !statement.returningClause;
  const own: RangeVar = {
    ...relation,
    schemaname,
    relname,
    alias: plainInsert ? undefined : { kind: "Alias", aliasname: alias },
  } as RangeVar;
  ctx.consumed(relation);
  ctx.report("through", { what: WORDS[statement.kind], view: name.name, table: relname! });
  const condition = view.condition === undefined ? [] : [qualified(view.condition, alias)];
  const whereClause =
    below.kind === "InsertStmt" ? undefined : conjunction([...condition, ...(below.whereClause === undefined ? [] : [below.whereClause])]);
  return ctx.change(below, { relation: own, ...(whereClause !== undefined && { whereClause }) } as never) as Write;
}

/** An expression over the view's table, over that of the statement. */
function qualified(value: Value, alias: string): Value {
  return unplaced(value, (node) => (node.kind === "ColumnRef" ? { ...node, fields: [alias, node.fields!.at(-1)!] } : node) as Node);
}

/** The statement with the table's columns in the place of those it writes. */
function writtenBy(statement: Write, view: Through, ctx: Ctx): Write | undefined {
  const below = (target: ResTarget): ResTarget | undefined => {
    const name = plain(view.columns.get(target.name ?? ""));
    return name === undefined ? undefined : name === target.name ? target : (ctx.change(target, { name }) as ResTarget);
  };
  if (statement.kind === "DeleteStmt") return statement;
  if (statement.kind === "UpdateStmt") {
    const targets = nodesOf("ResTarget", statement.targetList).map(below);
    return targets.includes(undefined) ? undefined : (ctx.change(statement, { targetList: targets as never }) as Write);
  }
  const select = as("SelectStmt", statement.selectStmt);
  const width = select && (select.valuesLists ? (select.valuesLists[0] as unknown as readonly Value[]).length : columnsOf(select, ctx));
  if (!statement.cols?.length && width === undefined) return undefined;
  const all = [...view.columns.keys()].slice(0, width).map((name): ResTarget => ({ kind: "ResTarget", name }));
  const cols = (statement.cols?.length ? nodesOf("ResTarget", statement.cols) : all).map(below);
  return cols.includes(undefined) ? undefined : (ctx.change(statement, { cols: cols as never }) as Write);
}

const columnsOf = (select: SelectStmt, ctx: Ctx): number | undefined => ctx.analysis.columns(ctx.origin(select))?.length;

/** The statement with the table's columns in the place of those it reads; undefined where it may mean another relation's. */
function onTable(statement: Write, view: Through, alias: string, ctx: Ctx): Write | undefined {
  const isSame = [...view.columns].every(([name, value]) => plain(value) === name);
  const others =
    ("fromClause" in statement && statement.fromClause?.length) || ("usingClause" in statement && statement.usingClause?.length);
  const read = (node: Node): string | undefined => {
    const fields = as("ColumnRef", node as Value)?.fields ?? [];
    const name = fields.at(-1);
    return typeof name === "string" && (fields.length === 1 || fields.at(-2) === alias) ? name : undefined;
  };
  const { relation: _, ...rest } = statement as Write & { readonly relation?: unknown };
  const isHidden = (node: Node) => {
    const name = read(node);
    return name !== undefined && !view.columns.has(name) && view.own.has(name);
  };
  const isChanged = (node: Node) => {
    const name = read(node);
    return name !== undefined && view.columns.has(name) && plain(view.columns.get(name)) !== name;
  };
  if (others && holds(rest as never, isHidden)) return undefined;
  const inside = (test: (node: Node) => boolean) => holds(rest as never, (node) => node.kind === "SelectStmt" && holds(node, test));
  if (!isSame && statement.kind === "InsertStmt") return statement.onConflictClause || statement.returningClause ? undefined : statement;
  if (!isSame && inside(isChanged)) return undefined;
  const returned = statement.returningClause?.exprs?.flatMap((item): readonly Value[] => {
    const target = as("ResTarget", item);
    const fields = isStar(target?.val) ? as("ColumnRef", target!.val)!.fields! : [];
    if (fields.length === 1 ? !others : fields.at(-2) === alias) {
      ctx.consumed(item);
      return [...view.columns.keys()].map(
        (name): ResTarget => ({ kind: "ResTarget", name, val: { kind: "ColumnRef", fields: others ? [alias, name] : [name] } }),
      );
    }
    const name = target && target.name === undefined ? outputName(target) : undefined;
    return target && name !== undefined && isChanged(target.val as Node) ? [ctx.change(target, { name }) as ResTarget] : [item];
  });
  if (returned?.some((item) => isStar(as("ResTarget", item)?.val) && others)) return undefined;
  const returningClause = returned && ctx.change(statement.returningClause!, { exprs: returned });
  const next = returned ? (ctx.change(statement, { returningClause } as never) as Write) : statement;
  if (isSame) return next;
  return rewritten(next as never, ctx.change as never, (node) => {
    const name = read(node);
    if (name === undefined || !isChanged(node)) return undefined;
    ctx.consumed(node);
    const value = qualified(view.columns.get(name)!, alias);
    return isNode(value) ? value : undefined;
  }) as never as Write;
}
