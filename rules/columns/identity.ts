import {
  as,
  type Column,
  type Context,
  countsOtherwise,
  edited,
  find,
  isAutoIncrement,
  isNode,
  mapType,
  type Node,
  type NodeOf,
  nodesOf,
  note,
  optionsOf,
  relationName,
  rule,
  type SchemaContext,
  tidbText,
  typeName,
  type Value,
  warning,
} from "../../src/rule.js";

const SERIALS = /^(small|big)?serial[248]?$/;
/** PostgreSQL's integers by what TiDB calls them. */
const INTEGERS: Readonly<Record<string, string>> = { SMALLINT: "int2", INT: "int4", BIGINT: "int8" };

export default rule({
  construct: "serial, identity and owned sequences",
  why: `A column that draws its numbers from a sequence of its own becomes AUTO_INCREMENT, whatever way it was written: serial, GENERATED AS
IDENTITY, or pg_dump's CREATE SEQUENCE, OWNED BY and SET DEFAULT nextval. Numbers stay unique; they may leave gaps, and with several TiDB
servers they do not follow the order of inserts.`,
  docs: {
    pg: "https://www.postgresql.org/docs/current/ddl-identity-columns.html",
    tidb: "https://docs.pingcap.com/tidb/stable/auto-increment",
  },
  messages: {
    "auto-increment": note("{column} draws from AUTO_INCREMENT: unique, but with gaps, and in batches of 30,000 on each TiDB server", {
      help: "AUTO_ID_CACHE 1 on the table keeps the numbers in order; AUTO_RANDOM avoids a hot spot where order does not matter",
    }),
    always: warning("{column} takes values given by an INSERT: TiDB does not enforce GENERATED ALWAYS", {
      help: "look for INSERTs that name the column; PostgreSQL refused them, so there should be none",
    }),
    options: note("{column} draws from the sequence {name}: AUTO_INCREMENT knows no {options}", {
      help: "LAST_INSERT_ID() does not tell its numbers; DROP SEQUENCE {name} where the column or the table is dropped",
    }),
    computed: note("{column} draws from the sequence {name}: TiDB computes no generated column from AUTO_INCREMENT (error 3109)", {
      help: "LAST_INSERT_ID() does not tell its numbers; DROP SEQUENCE {name} where the column or the table is dropped",
    }),
    second: note("{column} draws from the sequence {name}: TiDB has one AUTO_INCREMENT column a table (error 1075)", {
      help: "DROP SEQUENCE {name} where the column or the table is dropped",
    }),
    "from-sequence": note(
      "{column} draws its numbers from sequence {name}: TiDB gives no AUTO_INCREMENT to a column that is there (error 8200)",
    ),
    "added-later": note(
      "{column} draws from the sequence {name}: TiDB adds no AUTO_INCREMENT column to a table that is there (error 8200)",
      {
        help: "DROP SEQUENCE {name} where the column or the table is dropped",
      },
    ),
  },
  // serial is an integer that is an identity: what follows has one form to deal with.
  schema(schema) {
    for (const statement of schema.statements) {
      const { current } = statement;
      if (current.kind === "CreateStmt") {
        const tableElts = edited(current.tableElts, (element) => asIdentity(schema, element));
        if (tableElts !== current.tableElts) schema.update(statement, schema.change(current, { tableElts }));
      } else if (current.kind === "AlterTableStmt") {
        const cmds = edited(current.cmds, (item) => {
          const cmd = as("AlterTableCmd", item);
          const def = cmd?.subtype === "AT_AddColumn" && cmd.def !== undefined ? asIdentity(schema, cmd.def) : undefined;
          return cmd && def && [schema.change(cmd, { def: def[0]! })];
        });
        if (cmds !== current.cmds) schema.update(statement, schema.change(current, { cmds }));
      }
    }
  },
  restates: ["AlterTableStmt", "CreateStmt"],
  restate(statement, ctx) {
    const alter = as("AlterTableStmt", statement);
    const create = as("CreateStmt", statement);
    const sequences: NodeOf<"CreateSeqStmt">[] = [];
    const cmds = edited(alter?.cmds, (item) => {
      const cmd = as("AlterTableCmd", item);
      const made = cmd?.subtype === "AT_AddIdentity" && becomesIdentity(ctx, alter!, cmd);
      if (cmd && made) {
        sequences.push(made.history.sequence!);
        return [ctx.change(cmd, { subtype: "AT_ColumnDefault", def: made.default })];
      }
      const def = cmd?.subtype === "AT_AddColumn" ? as("ColumnDef", cmd.def) : undefined;
      const drawing = def && withSequence(ctx, def, "added-later", sequences);
      return cmd && drawing && [ctx.change(cmd, { def: drawing })];
    });
    const tableElts = edited(create?.tableElts, (item) => {
      const def = as("ColumnDef", item);
      const drawing = def && withSequence(ctx, def, "second", sequences);
      return drawing && [drawing];
    });
    if (sequences.length === 0) return undefined;
    const node = alter ? ctx.change(alter, { cmds }) : ctx.change(create!, { tableElts });
    return [...sequences.map((sequence) => ({ node: sequence })), { node }];
  },
  on: (takes) => [
    takes("Constraint", ["contype", "generated_when", "options", "raw_expr"], (constraint, ctx) => {
      const def = ctx.within("ColumnDef");
      const column = def && ctx.column(def);
      if (!column) return;
      if (constraint.contype === "CONSTR_DEFAULT" && isAutoIncrement(column)) {
        // As it was written, and as other rules may have rewritten it.
        for (const value of [column.default, constraint.raw_expr]) if (value !== undefined) ctx.consumed(value);
        return ctx.replace(tidbText("AUTO_INCREMENT"), "auto-increment", { column: column.name });
      }
      if (constraint.contype !== "CONSTR_IDENTITY") return;
      if (constraint.generated_when === "a") ctx.report("always", { column: column.name });
      for (const option of constraint.options ?? []) {
        const element = as("DefElem", option);
        if (element) ctx.carried(element, ["defname", "arg"]);
        if (isNode(element?.arg) && element.arg.kind === "Float") ctx.carried(element.arg, ["fval"]);
      }
      return ctx.replace(tidbText("NOT NULL AUTO_INCREMENT"), "auto-increment", { column: column.name });
    }),
    takes("ColumnDef", ["colname", "constraints"], (def, ctx) => {
      const isNotNull = (c: unknown) => as("Constraint", c as never)?.contype === "CONSTR_NOTNULL";
      const constraints = def.constraints ?? [];
      // An identity brings its own NOT NULL.
      if (!constraints.some(bringsNotNull) || !constraints.some(isNotNull)) return;
      for (const c of constraints.filter(isNotNull)) ctx.consumed(c);
      return ctx.replace(ctx.change(def, { constraints: constraints.filter((c) => !isNotNull(c)) }));
    }),
    takes("CreateStmt", ["tableElts", "options"], (create, ctx) => {
      for (const element of create.tableElts ?? []) {
        const def = as("ColumnDef", element);
        const column = def && ctx.column(def);
        const start =
          column && isAutoIncrement(column) ? startOf([...(column.def.constraints ?? []), ...column.changes.flatMap(addedIdentity)]) : 1;
        if (start > 1)
          return ctx.replace(ctx.change(create, { options: [...(create.options ?? []), tidbText(`AUTO_INCREMENT = ${start}`)] as never }));
      }
      return;
    }),
  ],
  examples: [
    {
      pg: "CREATE TABLE t (id serial PRIMARY KEY, a int)",
      tidb: "CREATE TABLE t (\n  id INT NOT NULL AUTO_INCREMENT,\n  a INT,\n  PRIMARY KEY (id)\n) COLLATE utf8mb4_0900_bin",
      findings: ["auto-increment"],
      accepts: ["INSERT INTO t (a) VALUES (1), (2)"],
      refuses: ["INSERT INTO t VALUES (1, 1)"],
    },
    {
      pg: "CREATE TABLE t (id bigint GENERATED ALWAYS AS IDENTITY (START WITH 100 INCREMENT BY 5) PRIMARY KEY, a int); CREATE TABLE u (id bigint GENERATED BY DEFAULT AS IDENTITY (MINVALUE 5))",
      tidb: "CREATE SEQUENCE IF NOT EXISTS t_id_seq START WITH 100 INCREMENT BY 5;\nCREATE TABLE t (\n  id BIGINT NOT NULL DEFAULT (NEXTVAL(t_id_seq)),\n  a INT,\n  PRIMARY KEY (id)\n) COLLATE utf8mb4_0900_bin;\nCREATE TABLE u (\n  id BIGINT NOT NULL AUTO_INCREMENT\n) COLLATE utf8mb4_0900_bin AUTO_INCREMENT = 5",
      findings: ["options", "always", "auto-increment"],
      accepts: ["INSERT INTO t (a) VALUES (1), (2)"],
      refuses: ["INSERT INTO t VALUES (105, 3)"],
    },
    {
      pg: "CREATE TABLE t (double int GENERATED ALWAYS AS (id + id) STORED, id serial PRIMARY KEY)",
      tidb: "CREATE SEQUENCE IF NOT EXISTS t_id_seq MAXVALUE 2147483647;\nCREATE TABLE t (\n  `double` INT GENERATED ALWAYS AS (id + id) STORED,\n  id INT NOT NULL DEFAULT (NEXTVAL(t_id_seq)),\n  PRIMARY KEY (id)\n) COLLATE utf8mb4_0900_bin",
      findings: ["computed"],
      accepts: ["INSERT INTO t (id) VALUES (7)", "INSERT INTO t () VALUES ()"],
      rejected: { sql: "CREATE TABLE u (id INT AUTO_INCREMENT PRIMARY KEY, d INT GENERATED ALWAYS AS (id + id) STORED)", code: 3109 },
    },
    {
      given: "CREATE SEQUENCE s",
      pg: "CREATE TABLE t (id int PRIMARY KEY DEFAULT nextval('s'::regclass), a int); ALTER SEQUENCE s OWNED BY t.id",
      tidb: "CREATE TABLE t (\n  id INT AUTO_INCREMENT,\n  a INT,\n  PRIMARY KEY (id)\n) COLLATE utf8mb4_0900_bin",
      findings: ["auto-increment"],
      accepts: ["INSERT INTO t (a) VALUES (1)"],
    },
    {
      pg: "CREATE TABLE t (a serial, b serial)",
      tidb: "CREATE SEQUENCE IF NOT EXISTS t_b_seq MAXVALUE 2147483647;\nCREATE TABLE t (\n  a INT NOT NULL AUTO_INCREMENT,\n  b INT NOT NULL DEFAULT (NEXTVAL(t_b_seq))\n) COLLATE utf8mb4_0900_bin",
      findings: ["second", "auto-increment"],
      accepts: ["INSERT INTO t VALUES ()", "INSERT INTO t (a) VALUES (7)"],
      refuses: ["INSERT INTO t VALUES (1, NULL)"],
      rejected: { sql: "CREATE TABLE u (a INT AUTO_INCREMENT, b INT AUTO_INCREMENT)", code: 1075 },
    },
    {
      given: "CREATE TABLE t (a int NOT NULL, b int); INSERT INTO t VALUES (1, 1), (2, 1)",
      pg: "ALTER TABLE t ALTER a ADD GENERATED BY DEFAULT AS IDENTITY (START WITH 3); ALTER TABLE t ALTER a TYPE bigint",
      tidb: `CREATE SEQUENCE IF NOT EXISTS t_a_seq START WITH 3 MAXVALUE 2147483647;
ALTER TABLE t ALTER COLUMN a SET DEFAULT (NEXTVAL(t_a_seq));
ALTER TABLE t MODIFY COLUMN a BIGINT NOT NULL DEFAULT (NEXTVAL(t_a_seq))`,
      findings: ["from-sequence"],
      accepts: ["INSERT INTO t (b) VALUES (1)"],
    },
    {
      given: "CREATE TABLE t (a int); INSERT INTO t VALUES (1), (2)",
      pg: "ALTER TABLE t ADD COLUMN id serial PRIMARY KEY, ADD COLUMN n bigint GENERATED ALWAYS AS IDENTITY (START WITH 7)",
      tidb: `CREATE SEQUENCE IF NOT EXISTS t_id_seq MAXVALUE 2147483647;
CREATE SEQUENCE IF NOT EXISTS t_n_seq START WITH 7;
ALTER TABLE t ADD COLUMN id INT;
UPDATE t SET id = NEXTVAL(t_id_seq) WHERE id IS NULL;
ALTER TABLE t MODIFY COLUMN id INT NOT NULL DEFAULT (NEXTVAL(t_id_seq));
ALTER TABLE t ADD PRIMARY KEY (id);
ALTER TABLE t ADD COLUMN n BIGINT;
UPDATE t SET n = NEXTVAL(t_n_seq) WHERE n IS NULL;
ALTER TABLE t MODIFY COLUMN n BIGINT NOT NULL DEFAULT (NEXTVAL(t_n_seq))`,
      findings: ["added-later", "added-later", "always"],
      accepts: ["INSERT INTO t (a) VALUES (3)"],
      refuses: ["INSERT INTO t (a, id) VALUES (4, 3)"],
      rejected: { sql: "ALTER TABLE t ADD COLUMN n INT AUTO_INCREMENT", code: 8200 },
    },
  ],
});

/** The column that gets its numbers from a sequence from here on; undefined where it is AUTO_INCREMENT or not known. */
function becomesIdentity(ctx: Context, alter: NodeOf<"AlterTableStmt">, cmd: NodeOf<"AlterTableCmd">): Column | undefined {
  const identity = as("Constraint", cmd.def);
  const table = alter.relation && find(ctx.catalog, ctx.catalog.tables, relationName(alter.relation));
  const column = table?.columns.get(cmd.name ?? "");
  if (!identity || !column?.history.sequence || column.default === undefined || isAutoIncrement(column)) return undefined;
  ctx.report("from-sequence", { column: column.name, name: column.history.sequence.sequence?.relname ?? "" }, cmd);
  if (identity.generated_when === "a") ctx.report("always", { column: column.name }, cmd);
  ctx.consumed(identity);
  return column;
}

/** The definition of a column that draws from a sequence in TiDB, which is added to `sequences`; undefined for any other column. */
function withSequence(
  ctx: Context,
  def: NodeOf<"ColumnDef">,
  message: "added-later" | "second",
  sequences: NodeOf<"CreateSeqStmt">[],
): NodeOf<"ColumnDef"> | undefined {
  const identity = nodesOf("Constraint", def.constraints).find((c) => c.contype === "CONSTR_IDENTITY");
  const column = identity && ctx.column(def);
  const sequence = column?.history.sequence;
  if (!def.typeName || !column || !sequence || isAutoIncrement(column)) return undefined;
  const name = sequence.sequence!.relname ?? "";
  const options = countsOtherwise(optionsOf(identity.options)).join(", ");
  const why = message === "added-later" ? message : column.history.computedFrom ? "computed" : options !== "" ? "options" : message;
  ctx.report(why, { column: column.name, name, options }, def);
  if (identity.generated_when === "a") ctx.report("always", { column: column.name }, def);
  ctx.consumed(identity);
  sequences.push(sequence);
  const others = def.constraints!.filter((c) => c !== identity && as("Constraint", c)?.contype !== "CONSTR_NOTNULL");
  for (const c of def.constraints!) if (!others.includes(c)) ctx.consumed(c);
  const demands: NodeOf<"Constraint">[] = [
    { kind: "Constraint", contype: "CONSTR_NOTNULL" },
    { kind: "Constraint", contype: "CONSTR_DEFAULT", raw_expr: column.default! },
  ];
  const type = SERIALS.test(typeName(def.typeName).name)
    ? ctx.change(def.typeName, { names: [INTEGERS[mapType(ctx.catalog, def.typeName)?.sql ?? "INT"]!] })
    : def.typeName;
  return ctx.change(def, { typeName: type, constraints: [...others, ...demands] });
}

function asIdentity(schema: SchemaContext, element: Value): [NodeOf<"ColumnDef">] | undefined {
  const def = as("ColumnDef", element);
  if (!def?.typeName || !SERIALS.test(typeName(def.typeName).name) || typeName(def.typeName).schema) return undefined;
  const { location } = def.typeName;
  const identity: NodeOf<"Constraint"> = {
    kind: "Constraint",
    contype: "CONSTR_IDENTITY",
    generated_when: "d",
    ...(location !== undefined && { location }),
  };
  return [schema.change(def, { constraints: [...(def.constraints ?? []), identity] })];
}

/** What ADD GENERATED AS IDENTITY says, where it stands in the definition. */
function addedIdentity(change: Node): readonly Value[] {
  const cmd = as("AlterTableCmd", change);
  return cmd?.subtype === "AT_AddIdentity" && cmd.def !== undefined ? [cmd.def] : [];
}

/** Where an identity starts to count: without START at MINVALUE (sequence.c, init_params). */
function startOf(constraints: readonly unknown[] | undefined): number {
  const identity = (constraints ?? [])
    .flatMap((item) => as("Constraint", item as never) ?? [])
    .find((c) => c.contype === "CONSTR_IDENTITY");
  const options = optionsOf(identity?.options);
  const given = ["start", "minvalue"].map((name) => options.get(name));
  return given.find((value): value is number => typeof value === "number") ?? 1;
}

function bringsNotNull(constraint: unknown): boolean {
  const node = constraint as { readonly kind?: string; readonly texts?: readonly string[] };
  return node.kind === "Tidb" && node.texts?.[0]?.startsWith("NOT NULL") === true;
}
