import {
  as,
  type Column,
  type Context,
  columnDefinition,
  columnsDefined,
  type Data,
  type Folded,
  isAutoIncrement,
  type NodeOf,
  note,
  qualified,
  type Retouched,
  raw,
  relationOf,
  rule,
  type SchemaContext,
  type Tidb,
  type Touch,
  type Trigger,
  tidb,
  tidbText,
  touchClause,
  touchesOf,
  warning,
} from "../../src/rule.js";

type Message = "always" | "changed" | "utc-session" | "taken-off" | "already" | "served";
type Ctx = Context<Message>;
type Schema = SchemaContext<Message>;

export default rule({
  construct: "a trigger that keeps the time of change",
  why: `A BEFORE UPDATE trigger that only sets a column to the current time is what ON UPDATE CURRENT_TIMESTAMP says of the column. The
trigger's function is known by its parsed body, whatever it is called; moddatetime of the extension of that name is known too. TiDB sets the
column where another one changes its value and the statement does not give the column one itself. Its time is the statement's; now() in
PostgreSQL is the transaction's. UPDATE OF columns, and conditions that look at single columns, have no such form.`,
  docs: {
    pg: "https://www.postgresql.org/docs/current/plpgsql-trigger.html",
    tidb: "https://docs.pingcap.com/tidb/stable/data-type-date-and-time",
  },
  messages: {
    always: warning(
      "trigger {name} became ON UPDATE CURRENT_TIMESTAMP of {column}, which leaves it alone where an UPDATE changes nothing or gives {column} a value; its time is that of the statement, not of the transaction",
      {
        help: "leave {column} out of UPDATEs, as PostgreSQL overwrote it anyway; to touch a row that does not change, SET {column} = CURRENT_TIMESTAMP(6)",
      },
    ),
    changed: warning(
      "trigger {name} became ON UPDATE CURRENT_TIMESTAMP of {column}: its time is that of the statement, not of the transaction",
      { help: "rows that one transaction changes by several statements no longer have the same time; give them one where that matters" },
    ),
    "utc-session": warning("{column} is in UTC only while the session's time zone is: CURRENT_TIMESTAMP is local time", {
      help: "keep time_zone = '+00:00' in every session, as the head of the output sets it",
    }),
    "taken-off": note("{column} is no longer touched by an UPDATE"),
    already: note("trigger {name} needs nothing: {column} has ON UPDATE CURRENT_TIMESTAMP already"),
    served: note("function {name}() is needed no more: the triggers that call it became ON UPDATE CURRENT_TIMESTAMP"),
  },
  schema(schema) {
    for (const column of columnsDefined(schema.final)) column.history.touched = undefined;
    if (schema.final.triggerOf.size === 0) return;
    const creators = new Map<unknown, Folded>();
    for (const statement of schema.statements) if (statement.node.kind === "CreateStmt") creators.set(statement.node, statement);
    const times = new Map<Column, number>();
    for (const changes of schema.final.retouched.values())
      for (const { column } of changes) times.set(column, (times.get(column) ?? 0) + 1);
    const kept = new Set(schema.final.tables.values());
    const lasting = (column: Column) => times.get(column) === 1 && kept.has(column.table);
    for (const statement of schema.statements)
      if (statement.node.kind === "CreateTrigStmt") foldTrigger(schema, creators, statement, lasting);
  },
  on: (takes) => [
    takes("CreateTrigStmt", ["trigname"], (trigger, ctx) => modify(ctx, trigger as NodeOf<"CreateTrigStmt">) ?? already(ctx, trigger)),
    takes("CreateFunctionStmt", ["funcname"], (routine, ctx) => {
      const changed = modify(ctx, routine as NodeOf<"CreateFunctionStmt">);
      const { program, name } = routineOf(ctx, routine) ?? {};
      if (!program || name === undefined) return changed;
      const triggers = [...ctx.final.triggerOf.values()].filter((trigger) => trigger.routine.name === name);
      if (triggers.length === 0 || !triggers.every((trigger) => isTouch(ctx, trigger, program))) return changed;
      ctx.report("served", { name });
      return changed ?? ctx.statements([]);
    }),
    takes("DropStmt", ["removeType"], (drop, ctx) => modify(ctx, drop as NodeOf<"DropStmt">)),
    takes("AlterTableCmd", ["subtype", "name"], (cmd, ctx) => {
      const alter = ctx.within("AlterTableStmt");
      const first = alter?.cmds?.find((item) => isSwitch(as("AlterTableCmd", item)?.subtype));
      if (!alter || !isSwitch(cmd.subtype) || as("AlterTableCmd", first)?.name !== cmd.name) return;
      const clauses = changedColumns(ctx, alter).map(({ sql }) => tidb`MODIFY COLUMN ${raw(sql)}`);
      return clauses.length === 0 ? undefined : ctx.statements(clauses);
    }),
  ],
  examples: [
    {
      given: `CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.changed_at := now(); RETURN NEW; END $$`,
      pg: `CREATE TABLE t (id int PRIMARY KEY, a text, changed_at timestamptz NOT NULL DEFAULT now());
CREATE TRIGGER touch BEFORE UPDATE ON t FOR EACH ROW EXECUTE FUNCTION touch()`,
      tidb: `CREATE TABLE t (
  id INT,
  a LONGTEXT,
  changed_at TIMESTAMP(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6) ON UPDATE CURRENT_TIMESTAMP(6),
  PRIMARY KEY (id)
) COLLATE utf8mb4_0900_bin`,
      findings: ["always"],
      rejected: { sql: "CREATE TABLE u (d DATE ON UPDATE CURRENT_TIMESTAMP)", code: 1294 },
    },
    {
      given: `CREATE TABLE t (a int, changed_at timestamp(3));
CREATE TABLE u (a int, changed_at timestamptz)`,
      pg: `CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  IF NEW IS DISTINCT FROM OLD AND NEW.changed_at IS NOT DISTINCT FROM OLD.changed_at THEN NEW.changed_at := CURRENT_TIMESTAMP; END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER touch BEFORE UPDATE ON t FOR EACH ROW EXECUTE FUNCTION touch();
CREATE OR REPLACE TRIGGER touch BEFORE UPDATE ON t FOR EACH ROW EXECUTE FUNCTION touch();
CREATE TRIGGER moved BEFORE UPDATE ON u FOR EACH ROW EXECUTE FUNCTION moddatetime(changed_at);
ALTER TABLE u DISABLE TRIGGER moved;
ALTER TABLE u ENABLE TRIGGER ALL;
DROP TRIGGER touch ON t`,
      tidb: `ALTER TABLE t MODIFY COLUMN changed_at DATETIME(3) ON UPDATE CURRENT_TIMESTAMP(3);
ALTER TABLE u MODIFY COLUMN changed_at TIMESTAMP(6) ON UPDATE CURRENT_TIMESTAMP(6);
ALTER TABLE u MODIFY COLUMN changed_at TIMESTAMP(6);
ALTER TABLE u MODIFY COLUMN changed_at TIMESTAMP(6) ON UPDATE CURRENT_TIMESTAMP(6);
ALTER TABLE t MODIFY COLUMN changed_at DATETIME(3)`,
      findings: ["served", "changed", "already", "always", "taken-off", "always", "taken-off"],
    },
    {
      given: `CREATE TABLE t (a int, changed_at timestamp);
CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.changed_at = now() AT TIME ZONE 'utc'; RETURN NEW; END $$;
CREATE TRIGGER touch BEFORE UPDATE ON t FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION touch()`,
      pg: "CREATE OR REPLACE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$; CREATE OR REPLACE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.changed_at = timezone('utc', now()); RETURN NEW; END $$",
      tidb: `ALTER TABLE t MODIFY COLUMN changed_at DATETIME(6);
ALTER TABLE t MODIFY COLUMN changed_at DATETIME(6) ON UPDATE CURRENT_TIMESTAMP(6)`,
      findings: ["taken-off", "always", "utc-session", "served"],
    },
  ],
});

/** Clauses that a column has in TiDB before and after a statement. */
function clauses({ catalog }: Pick<Context, "catalog">, { column, before, after }: Retouched) {
  const sql = (touch: Touch | undefined) => {
    const clause = touch && touchClause(catalog, column, touch);
    return clause && "sql" in clause ? clause : undefined;
  };
  return { before: sql(before), after: sql(after) };
}

function data({ trigger }: Touch, column: string): { readonly name: string; readonly column: string } {
  return { name: trigger.name, column: `${trigger.table.name}.${column}` };
}

function routineOf(ctx: Ctx, node: Pick<NodeOf<"CreateFunctionStmt">, "funcname">) {
  const name = qualified(node.funcname ?? []).name;
  return { name, program: ctx.final.programs.get(node as never) };
}

/** Whether all that a function does for a trigger is in the output, or its columns are gone. */
function isTouch(ctx: Ctx, trigger: Trigger, program?: Parameters<typeof touchesOf>[2]): boolean {
  const touches = touchesOf(ctx.final, trigger, program);
  if (!touches) return false;
  return [...touches].every(([name, touch]) => {
    const column = trigger.table.columns.get(name);
    return column === undefined || "sql" in touchClause(ctx.final, column, touch);
  });
}

/** A trigger made again, or beside another one that does the same. */
function already(ctx: Ctx, node: object) {
  const trigger = ctx.catalog.triggerOf.get(node as never);
  if (!trigger || !isTouch(ctx, trigger)) return undefined;
  const columns = [...(touchesOf(ctx.catalog, trigger)?.keys() ?? [])].map((column) => `${trigger.table.name}.${column}`);
  ctx.report("already", { name: trigger.name, column: columns.join(", ") });
  return ctx.statements([]);
}

/** ENABLE and DISABLE TRIGGER in their forms. */
function isSwitch(subtype: string | undefined): boolean {
  return /^AT_(?:Enable|Disable)\w*Trig/.test(subtype ?? "");
}

/** Gives columns the clause, or takes it from them, where the statement stands. */
function modify(ctx: Ctx, node: NodeOf<"CreateTrigStmt" | "CreateFunctionStmt" | "DropStmt">) {
  const changed = changedColumns(ctx, node);
  if (changed.length === 0) return undefined;
  ctx.consumed(node);
  return ctx.statements(changed.map(({ column, sql }): Tidb => tidb`ALTER TABLE ${relationOf(column.table)} MODIFY COLUMN ${raw(sql)}`));
}

/** Definitions of the columns that the statement gave the clause or took it from, and what there is to say of them. */
function changedColumns(ctx: Ctx, node: NodeOf<"CreateTrigStmt" | "CreateFunctionStmt" | "DropStmt" | "AlterTableStmt">) {
  return (ctx.catalog.retouched.get(node) ?? []).flatMap((each) => {
    const { before, after } = clauses(ctx, each);
    const { column } = each;
    const definition = columnDefinition(ctx.catalog, column, ctx.lost);
    if (before?.sql === after?.sql || column.history.touched !== undefined || "refused" in definition) return [];
    if (after) say(ctx, column.name, each.after!, after.utc);
    else ctx.report("taken-off", { column: `${column.table.name}.${column.name}` });
    return [{ column, sql: definition.sql }];
  });
}

/**
 * Puts the clause into CREATE TABLE where that stands in the same file, and nothing but this statement ever changes what touches the
 * columns: files of a history stay as they are cut.
 */
function foldTrigger(
  schema: Schema,
  creators: ReadonlyMap<unknown, Folded>,
  statement: Folded,
  lasting: (column: Column) => boolean,
): void {
  const { final } = schema;
  const changes = final.retouched.get(statement.node) ?? [];
  const clausesOf = changes.map((each) => ({ ...each, clause: clauses({ catalog: final }, each).after }));
  const creator = changes.length > 0 ? creators.get(changes[0]!.column.table.node) : undefined;
  const folds = ({ column, clause }: (typeof clausesOf)[number]) =>
    clause !== undefined &&
    column.name === column.def.colname &&
    !column.added &&
    !column.generated &&
    !isAutoIncrement(column) &&
    lasting(column);
  if (!creator || creator.source !== statement.source || !clausesOf.every(folds)) return;
  for (const { column, after, clause } of clausesOf) {
    column.history.touched = after;
    extend(schema, creator, column, clause!.sql);
    say({ report: (message, given) => void schema.report(statement, message, given) }, column.name, after!, clause!.utc);
  }
  schema.consumed(statement.node);
  schema.absorb(statement, creator, undefined);
}

/** Adds something to the end of a column's definition. */
function extend(schema: Schema, creator: Folded, column: Retouched["column"], clause: string): void {
  const create = creator.current as NodeOf<"CreateStmt">;
  const tableElts = (create.tableElts ?? []).map((element) => {
    const def = as("ColumnDef", element);
    if (!def || schema.column(def) !== column) return element;
    return schema.change(def, { constraints: [...(def.constraints ?? []), tidbText(clause) as never] });
  });
  schema.update(creator, schema.change(create, { tableElts }));
}

function say(ctx: { report(message: Message, data: Data): void }, column: string, touch: Touch, utc: boolean): void {
  ctx.report(touch.always || touch.overrides ? "always" : "changed", data(touch, column));
  if (utc) ctx.report("utc-session", { column });
}
