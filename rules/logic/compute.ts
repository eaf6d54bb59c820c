import {
  as,
  type Column,
  type Context,
  columnsDefined,
  computationsOf,
  computeByTrigger,
  error,
  type Folded,
  find,
  type InsertStmt,
  type NodeOf,
  nodesOf,
  note,
  overColumns,
  qualified,
  relationName,
  rule,
  type SchemaContext,
  type Table,
  type Trigger,
  triggerRoutine,
  type UpdateStmt,
  type Value,
  warning,
} from "../../src/rule.js";

type Message = "computed" | "served" | "left-away" | "from-query";
type Schema = SchemaContext<Message>;
type Ctx = Context<Message>;

export default rule({
  construct: "a trigger that computes columns of the row",
  why: `A trigger before each row of INSERT and UPDATE that does nothing but to set columns to expressions over other columns of the same row is what
GENERATED ALWAYS AS says of these columns. It is known by the parsed body of its function. TiDB makes STORED columns only with the table (error 3106), so
that the statement which makes the table must be in the same file. A trigger overwrites what an INSERT or UPDATE gives for such a column, and TiDB
refuses it: these values are left away.`,
  docs: {
    pg: "https://www.postgresql.org/docs/current/plpgsql-trigger.html",
    tidb: "https://docs.pingcap.com/tidb/stable/generated-columns",
  },
  messages: {
    computed: warning(
      "trigger {name} became GENERATED ALWAYS AS of {column}: TiDB refuses an INSERT or UPDATE that gives {column} a value",
      {
        help: "leave {column} out of INSERTs and UPDATEs, or give it as DEFAULT: the trigger overwrote it. Rows that were written while there was no trigger get the computed value too",
      },
    ),
    served: note("function {name}() is needed no more: the triggers that call it became generated columns"),
    "left-away": note("the value for {column} is left away: the table computes it, as its trigger did"),
    "from-query": error("the statement is not in the output: it gives {column} a value, which the table computes", {
      help: "leave {column} out of its columns and of its query",
    }),
  },
  schema(schema) {
    const { final } = schema;
    const creators = new Map<unknown, Folded>();
    for (const statement of schema.statements) if (statement.node.kind === "CreateStmt") creators.set(statement.node, statement);
    for (const statement of schema.statements) {
      const trigger = statement.node.kind === "CreateTrigStmt" ? final.triggerOf.get(statement.node) : undefined;
      const creator = trigger && creators.get(trigger.table.node);
      if (creator && creator.source === statement.source && lasts(schema, trigger)) foldTrigger(schema, creator, statement, trigger);
    }
  },
  on: (takes) => [
    takes("CreateFunctionStmt", ["funcname"], (routine, ctx) => {
      const { name } = qualified(routine.funcname ?? []);
      const triggers = [...ctx.final.triggerOf.values()].filter((trigger) => trigger.routine.name === name);
      if (triggers.length === 0) return;
      const computed = new Set(columnsDefined(ctx.final).map(({ history }) => history.computedBy?.trigger.node));
      if (!triggers.every(({ node }) => computed.has(node))) return;
      ctx.consumed(routine as never);
      return ctx.statements([], "served", { name });
    }),
    takes("InsertStmt", ["relation", "cols", "selectStmt"], (readable, ctx) => {
      const insert = readable as InsertStmt;
      const table = computing(ctx, insert.relation);
      const query = as("SelectStmt", insert.selectStmt);
      if (!table || !query) return;
      const names = insert.cols?.map((item) => as("ResTarget", item)?.name ?? "") ?? [...table.columns.keys()];
      const places = names.flatMap((name, i) => (isComputed(table, name) ? [i] : []));
      const rows = query.valuesLists as readonly (readonly Value[])[] | undefined;
      const column = places.map((i) => names[i]).join(", ");
      if (!rows) return places.length > 0 ? ctx.drop("from-query", { column }) : undefined;
      const given = (row: readonly Value[]) => places.some((i) => row[i] !== undefined && !as("SetToDefault", row[i]));
      if (!rows.some(given)) return;
      const valuesLists = rows.map((row) => row.map((value, i) => (places.includes(i) ? byDefault(ctx, value) : value)));
      return ctx.replace(ctx.change(insert, { selectStmt: ctx.change(query, { valuesLists: valuesLists as never }) }), "left-away", {
        column,
      });
    }),
    takes("OnConflictClause", ["targetList"], (readable, ctx) => {
      const conflict = readable as NodeOf<"OnConflictClause">;
      const kept = withoutComputed(ctx, computing(ctx, ctx.within("InsertStmt")?.relation), conflict.targetList);
      if (!kept || typeof kept === "string") return;
      return ctx.replace(ctx.change(conflict, { targetList: kept.targets }), "left-away", { column: kept.column });
    }),
    takes("InsertStmt", ["relation", "onConflictClause"], ({ relation, onConflictClause }, ctx) => {
      const kept = withoutComputed(ctx, computing(ctx, relation), onConflictClause?.targetList);
      return typeof kept === "string" ? ctx.drop("from-query", { column: namesOf(onConflictClause?.targetList) }) : undefined;
    }),
    takes("UpdateStmt", ["relation", "targetList"], (readable, ctx) => {
      const update = readable as UpdateStmt;
      const table = computing(ctx, update.relation);
      const kept = withoutComputed(ctx, table, update.targetList);
      if (!kept) return;
      if (typeof kept === "string") return ctx.drop(kept === "none" ? "left-away" : "from-query", { column: namesOf(update.targetList) });
      // DEFAULT of a generated column that is NOT NULL is refused in SET (error 1364).
      return ctx.replace(ctx.change(update, { targetList: kept.targets }), "left-away", { column: kept.column });
    }),
  ],
  examples: [
    {
      pg: `CREATE TABLE person (id int PRIMARY KEY, first varchar(20), last varchar(20), full_name text NOT NULL DEFAULT '', cents int, total numeric(9,2));
CREATE FUNCTION naming() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  NEW.full_name := coalesce(NEW.first || ' ', '') || NEW.last;
  NEW.total = NEW.cents / 100.0;
  RETURN NEW;
END $$;
CREATE TRIGGER naming BEFORE INSERT OR UPDATE ON person FOR EACH ROW EXECUTE FUNCTION naming();
INSERT INTO person VALUES (1, 'Ann', 'Lee', 'x', 125, 7);
INSERT INTO person (id, last, total) VALUES (2, 'Ray', 1 + 1), (3, '', DEFAULT);
INSERT INTO person (id, last, total) SELECT 4, 'Ray', 7;
UPDATE person SET last = 'Ray ', full_name = 'y' WHERE id = 1;
UPDATE person SET full_name = 'y';
UPDATE person SET (last, full_name) = (SELECT 'a', 'b');
INSERT INTO person (id, last) VALUES (3, 'Moe') ON CONFLICT (id) DO UPDATE SET last = excluded.last, total = 1;
INSERT INTO person (id, last) VALUES (3, 'Moe') ON CONFLICT (id) DO UPDATE SET total = 1`,
      tidb: `CREATE TABLE person (
  id INT,
  first VARCHAR(20),
  last VARCHAR(20),
  full_name LONGTEXT GENERATED ALWAYS AS (CONCAT(COALESCE(CONCAT(first, ' '), ''), last)) STORED NOT NULL,
  cents INT,
  total DECIMAL(9,2) GENERATED ALWAYS AS (CAST(cents AS DECIMAL(65,24)) / 100.0) STORED,
  PRIMARY KEY (id)
) COLLATE utf8mb4_0900_bin;
INSERT INTO person VALUES (1, 'Ann', 'Lee', DEFAULT, 125, DEFAULT);
INSERT INTO person (id, last, total) VALUES (2, 'Ray', DEFAULT), (3, '', DEFAULT);
UPDATE person SET last = 'Ray ' WHERE id = 1;
INSERT INTO person (id, last) VALUES (3, 'Moe') ON DUPLICATE KEY UPDATE last = VALUES(last)`,
      findings: [
        "served",
        "computed",
        "computed",
        "left-away",
        "left-away",
        "from-query",
        "left-away",
        "left-away",
        "from-query",
        "left-away",
        "from-query",
      ],
      accepts: [
        "INSERT INTO person (id, first, last, cents) VALUES (5, '', 'x', -125)",
        "UPDATE person SET cents = CASE WHEN full_name IN ('Ann Ray ', 'Ray', 'Moe', ' x') AND coalesce(total, 0) IN (1.25, -1.25, 0) THEN 1 ELSE 1 / (id - id) END",
      ],
      refuses: ["INSERT INTO person (id, first) VALUES (6, 'x')", "UPDATE person SET last = NULL"],
      rejected: { sql: "INSERT INTO person (id, last, total) VALUES (6, 'x', 1)", code: 3105 },
    },
    {
      given: "CREATE TABLE t (a int, b int)",
      pg: `CREATE FUNCTION twice() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.b := NEW.a * 2; RETURN NEW; END $$;
CREATE TRIGGER twice BEFORE INSERT OR UPDATE ON t FOR EACH ROW EXECUTE FUNCTION twice()`,
      tidb: null,
      rejected: { sql: "ALTER TABLE t ADD COLUMN c INT GENERATED ALWAYS AS (a * 2) STORED", code: 3106 },
    },
  ],
});

const byDefault = (ctx: Ctx, value: Value): Value => {
  if (as("SetToDefault", value)) return value;
  ctx.consumed(value);
  return { kind: "SetToDefault" } as Value;
};

const namesOf = (targets: readonly Value[] | undefined) =>
  nodesOf("ResTarget", targets)
    .map(({ name }) => name)
    .join(", ");

/** What SET leaves of its list without columns that the table computes; undefined where it has none of them. */
function withoutComputed(
  ctx: Ctx,
  table: Table | undefined,
  targets: readonly Value[] | undefined,
): { readonly targets: readonly Value[]; readonly column: string } | "none" | "of-query" | undefined {
  const given = nodesOf("ResTarget", targets).filter(({ name, val }) => isComputed(table, name ?? "") && !as("SetToDefault", val));
  if (given.length === 0) return undefined;
  const left = (targets ?? []).filter((item) => !given.some((each) => each === item));
  // Of one subquery for several columns nothing can be left out.
  if (given.some((each) => as("MultiAssignRef", ctx.origin(each).val))) return "of-query";
  if (left.length === 0) return "none";
  for (const each of given) ctx.consumed(each);
  return { targets: left, column: namesOf(given) };
}

function isComputed(table: Table | undefined, name: string): boolean {
  return table?.columns.get(name)?.history.computedBy !== undefined;
}

/** The table that a statement writes to, where it computes columns in the place of a trigger. */
function computing(ctx: Ctx, relation: NodeOf<"RangeVar"> | undefined): Table | undefined {
  const table = relation && find(ctx.catalog, ctx.catalog.tables, relationName(relation));
  return table && [...table.columns.values()].some(({ history }) => history.computedBy) ? table : undefined;
}

/** Whether a trigger is made once, on a table that stays, and neither it nor its function is changed or taken off. */
function lasts({ final }: Schema, trigger: Trigger): boolean {
  const { table, name, node } = trigger;
  const now = final.triggers.get(table)?.get(name);
  const again = [...final.triggerOf.values()].some((other) => other !== trigger && other.table === table && other.name === name);
  const routine = triggerRoutine(final, trigger);
  return now?.node === node && now.enabled && !again && routine !== undefined && routine.previous === undefined;
}

function foldTrigger(schema: Schema, creator: Folded, statement: Folded, trigger: Trigger): void {
  const { final } = schema;
  const { table, name } = trigger;
  const computed = final.tables.get(`${table.schema}.${table.name}`) === table ? computationsOf(final, trigger) : undefined;
  if (!computed) return;
  const columns = new Map<Column, Value>();
  for (const [column, value] of computed) columns.set(table.columns.get(column)!, overColumns(value));
  const create = creator.current as NodeOf<"CreateStmt">;
  const tableElts = (create.tableElts ?? []).map((element) => {
    const def = as("ColumnDef", element);
    const column = def && schema.column(def);
    const raw_expr = column && columns.get(column);
    if (!def || raw_expr === undefined) return element;
    const defaults = nodesOf("Constraint", def.constraints).filter(({ contype }) => contype === "CONSTR_DEFAULT");
    for (const each of defaults) schema.consumed(each);
    const kept = (def.constraints ?? []).filter((item) => !defaults.includes(item as never));
    const generated = { kind: "Constraint", contype: "CONSTR_GENERATED", generated_when: "a", generated_kind: "s", raw_expr } as const;
    return schema.change(def, { constraints: [...kept, generated] });
  });
  schema.update(creator, schema.change(create, { tableElts }));
  for (const [column, expression] of columns) {
    column.history.computedBy = { trigger, expression };
    computeByTrigger(column);
    schema.report(statement, "computed", { name, column: `${table.name}.${column.name}` });
  }
  schema.consumed(statement.node);
  schema.absorb(statement, creator, undefined);
}
