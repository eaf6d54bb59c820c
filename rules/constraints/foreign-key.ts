import {
  as,
  atEnd,
  type Column,
  type Context,
  edited,
  error,
  find,
  identifier,
  inOrderOfKey,
  type Node,
  type NodeOf,
  note,
  type Outcome,
  relationName,
  rule,
  type SchemaContext,
  type TableConstraint,
  tidbText,
  typesApart,
  warning,
} from "../../src/rule.js";

type Foreign = NodeOf<"Constraint">;
type Ctx = Context<"unknown-child" | "deferrable" | "not-valid" | "match-full" | "match-simple" | "set-default">;

/** What TiDB reads without obeying it, taken off. */
const PLAIN = {
  deferrable: false,
  initdeferred: false,
  skip_validation: false,
  initially_valid: true,
  fk_matchtype: undefined,
} as const;

/** Says what TiDB reads without obeying it. */
function unheeded(fk: Foreign, name: string, columns: number, ctx: Ctx): void {
  if (fk.deferrable) ctx.report("deferrable", { name });
  if (fk.skip_validation && !ctx.within("CreateStmt")) ctx.report("not-valid", { name });
  if (fk.fk_matchtype === "f") ctx.report(columns > 1 ? "match-full" : "match-simple", { name });
  if ([fk.fk_upd_action, fk.fk_del_action].includes("d")) ctx.report("set-default", { name });
}

/** Both sides' columns in the order that TiDB asks for; those of a key on a column's own definition are not written. */
function sidesOf({ fk_attrs }: Foreign, parent: NonNullable<TableConstraint["parent"]>, ctx: Ctx) {
  const order = inOrderOfKey(ctx.catalog, parent);
  const own = fk_attrs?.length === order.length ? { fk_attrs: order.map((place) => fk_attrs[place]!) } : {};
  return { ...own, pk_attrs: order.map((place) => parent.columns[place]!.name) };
}

/** A key that a rule makes again. */
function madeAgain(fk: Foreign, ctx: Ctx): Outcome {
  const table = find(ctx.catalog, ctx.catalog.tables, relationName(fk.pktable!));
  const names = fk.pk_attrs ?? [];
  const columns = names.flatMap((name) => table?.columns.get(name) ?? []);
  if (!table || columns.length !== names.length || columns.length !== fk.fk_attrs?.length) return undefined;
  const sides = sidesOf(fk, { table, columns }, ctx);
  return sides.pk_attrs.every((name, i) => name === names[i]) ? undefined : ctx.replace(ctx.change(fk, sides));
}

/** A key of a table that the input does not make: nothing is known of its columns. */
function ofUnknownTable(fk: Foreign, ctx: Ctx): Outcome {
  const name = fk.conname ?? `of ${(fk.fk_attrs ?? []).join(", ")}`;
  unheeded(fk, name, fk.fk_attrs?.length ?? 1, ctx);
  const quiet = (action: string | undefined) => (action === "d" ? "a" : action);
  const patch = { ...PLAIN, fk_upd_action: quiet(fk.fk_upd_action), fk_del_action: quiet(fk.fk_del_action) };
  return ctx.replace(ctx.change(fk, patch), "unknown-child", { name });
}

/**
 * A key with MATCH FULL, where a CHECK can hold its columns to be NULL together: it has no name to be dropped or found by, and TiDB makes
 * none beside a key that changes its columns (error 3823), nor renames or drops a column of it (error 3959).
 */
function allOrNone(fk: Foreign, { final }: SchemaContext<"match-checked">): TableConstraint | undefined {
  const full = fk.contype === "CONSTR_FOREIGN" && fk.fk_matchtype === "f" && !fk.not_enforced && (fk.fk_attrs?.length ?? 0) > 1;
  const made = full ? final.constraintOf.get(fk) : undefined;
  if (!made || made.dropped || !made.parent || made.table.partitioned) return undefined;
  const { table, columns } = made;
  const changing = [...table.constraints.values()].some(
    ({ type, columns: others, node }) =>
      type === "foreign" &&
      others.some((column) => columns.includes(column)) &&
      ["c", "n"].some((action) => node.fk_del_action === action || node.fk_upd_action === action),
  );
  const stay = columns.every((column, i) => column.name === fk.fk_attrs![i] && table.columns.get(column.name) === column);
  return stay && !changing && table.node.relation?.relpersistence !== "t" ? made : undefined;
}

export default rule({
  construct: "FOREIGN KEY",
  why: `TiDB enforces foreign keys, but wants the parent's columns named and of exactly the child's type, knows no deferred checks, and reads
MATCH and SET DEFAULT without obeying them.`,
  docs: {
    pg: "https://www.postgresql.org/docs/current/ddl-constraints.html#DDL-CONSTRAINTS-FK",
    tidb: "https://docs.pingcap.com/tidb/stable/foreign-key",
  },
  messages: {
    "unknown-parent": error("FOREIGN KEY {name} was left out: its parent table is not in the input, or not in the output", {
      help: "convert the file that creates the parent together with this one",
    }),
    "types-differ": error(
      "FOREIGN KEY {name} was left out: {child} is {childType} and {parent} is {parentType}; TiDB wants the same type",
      {
        help: "give both columns one type in PostgreSQL first, or widen one of them in the output and add the key by hand",
      },
    ),
    "not-changed": error("FOREIGN KEY {name} was left out: {column} keeps its type, as is said where it changes, and TiDB wants one type", {
      help: "change the column first, in a new table where TiDB cannot change it in place, then add the key",
    }),
    later: note(
      "FOREIGN KEY {name} is made where {child}, {childType}, and {parent}, {parentType}, have got one type: TiDB wants the same",
    ),
    period: error("FOREIGN KEY {name} was left out: TiDB has no PERIOD, which looks for parents over all of a child's time", {
      help: "keep beginning and end as two columns, and check in the transaction that writes, with the parent's rows locked by SELECT … FOR UPDATE",
    }),
    "set-columns": warning("FOREIGN KEY {name} refuses the delete instead of setting {columns} to NULL or its default", {
      help: "set them in the application before the delete",
    }),
    "unknown-child": warning("FOREIGN KEY {name} is made as it stands: the input does not make its table", {
      help: "convert the file that makes the table together with this one: TiDB wants both sides to have one type",
    }),
    "not-enforced": note("FOREIGN KEY {name} is left away: NOT ENFORCED, it checks nothing, and TiDB has no such keys"),
    temporary: error("FOREIGN KEY {name} was left out: TiDB has none on temporary tables", { help: "check its rows by a query" }),
    deferrable: warning("FOREIGN KEY {name} is checked at once: TiDB cannot defer it", {
      help: "write parents before children, or SET foreign_key_checks = 0 for that transaction and check by a query",
    }),
    "not-valid": warning("FOREIGN KEY {name} is checked against rows that are there: TiDB has no NOT VALID", {
      help: "find the rows that break it first, or add the key after they are mended",
    }),
    "match-checked": note("a CHECK holds MATCH FULL of FOREIGN KEY {name}: its columns are all NULL or all set"),
    "match-full": warning("FOREIGN KEY {name} accepts keys that are NULL in part: TiDB does not know MATCH FULL", {
      help: "add a CHECK that the columns are all NULL or all set",
    }),
    "set-default": warning("FOREIGN KEY {name} refuses the delete or update instead of setting the default", {
      help: "set the children to their default in the application first",
    }),
    "set-null": note("FOREIGN KEY {name} refuses the delete or update: SET NULL of a NOT NULL column fails in PostgreSQL too"),
    "match-simple": note("MATCH FULL of a single column is MATCH SIMPLE"),
  },
  schema(schema) {
    for (const statement of schema.statements) {
      const create = as("CreateStmt", statement.current);
      const alter = as("AlterTableStmt", statement.current);
      const items = create?.tableElts ?? alter?.cmds ?? [];
      const withChecks = edited(items, (item) => {
        const fk = as("Constraint", create ? item : as("AlterTableCmd", item)?.def);
        const made = fk && allOrNone(fk, schema);
        if (!made) return undefined;
        made.table.guards++;
        schema.report(statement, "match-checked", { name: made.name });
        const matched = schema.change(fk, { fk_matchtype: undefined });
        const [first, ...others] = made.columns.map(({ name }) => `(${identifier(name)} IS NULL)`);
        const check = tidbText(`CHECK (${others.map((other) => `${first} = ${other}`).join(" AND ")})`) as never;
        if (create) return [matched, check];
        const cmd: NodeOf<"AlterTableCmd"> = { kind: "AlterTableCmd", subtype: "AT_AddConstraint", def: check };
        return [schema.change(as("AlterTableCmd", item)!, { def: matched }), cmd];
      });
      if (withChecks === items) continue;
      schema.update(statement, create ? schema.change(create, { tableElts: withChecks }) : schema.change(alter!, { cmds: withChecks }));
    }
  },
  on: (takes) => [
    takes(
      "Constraint",
      [
        "contype",
        "pktable",
        "pk_attrs",
        "fk_attrs",
        "deferrable",
        "initdeferred",
        "skip_validation",
        "initially_valid",
        "fk_matchtype",
        "fk_upd_action",
        "fk_del_action",
        "fk_del_set_cols",
        "fk_with_period",
        "pk_with_period",
        "not_enforced",
      ],
      (fk, ctx) => {
        if (fk.contype !== "CONSTR_FOREIGN") return;
        const made = ctx.constraint(fk);
        // What a rule makes again says nothing of MATCH.
        if (!made) return fk.fk_matchtype === undefined ? madeAgain(fk as Foreign, ctx) : ofUnknownTable(fk, ctx);
        const name = made.name;
        if (fk.not_enforced) {
          ctx.consumed(fk.pktable!);
          ctx.carried(fk as Foreign, ["conname"]);
          ctx.gone(made.node);
          return ctx.replace(tidbText(""), "not-enforced", { name });
        }
        if (made.table.node.relation?.relpersistence === "t") return ctx.drop("temporary", { name });
        if (fk.fk_with_period || fk.pk_with_period) return ctx.drop("period", { name });
        // Where code is read, the parent is made elsewhere.
        if (!made.parent && ctx.catalog.assuming && fk.pk_attrs) return ofUnknownTable(fk, ctx);
        if (!made.parent || ctx.lost(made.parent.table.node) || made.parent.columns.length !== made.columns.length)
          return ctx.drop("unknown-parent", { name });
        const setColumns = fk.fk_del_set_cols ?? [];
        if (setColumns.length > 0) ctx.report("set-columns", { name, columns: setColumns.map(String).join(", ") });
        const apart = typesApart(ctx.catalog, made);
        if (apart) {
          const last = ctx.final.constraintOf.get(made.node);
          const { child, childType, parentType } = apart;
          const data = { name, child: child.name, childType, parent: `${made.parent.table.name}.${apart.parent.name}`, parentType };
          if (!last?.parent || typesApart(ctx.final, last)) return ctx.drop("types-differ", data);
          ctx.consumed(fk as Node);
          return ctx.replace(tidbText(""), "later", data);
        }
        const { parent } = made;
        const kept = (column: Column) =>
          column.changes.some((node) => as("AlterTableCmd", node)?.subtype === "AT_AlterColumnType" && ctx.lost(node));
        const uneven = made.columns.findIndex((column, i) => kept(column) !== kept(parent.columns[i]!));
        if (uneven >= 0) {
          const column = [made.columns[uneven]!, parent.columns[uneven]!].find(kept)!;
          return ctx.drop("not-changed", { name, column: `${column.table.name}.${column.name}` });
        }
        unheeded(fk, name, made.columns.length, ctx);
        const fixed = made.columns.some((c) => c.notNull || atEnd(c).notNull);
        if (fixed && [fk.fk_upd_action, fk.fk_del_action].includes("n")) ctx.report("set-null", { name });
        const quiet = (action: string | undefined) => (action === "d" || (fixed && action === "n") ? "a" : action);
        return ctx.replace(
          ctx.change(fk, {
            ...sidesOf(fk as Foreign, parent, ctx),
            fk_upd_action: quiet(fk.fk_upd_action),
            fk_del_action: setColumns.length > 0 ? "a" : quiet(fk.fk_del_action),
            fk_del_set_cols: [],
            ...PLAIN,
          }),
        );
      },
    ),
  ],
  examples: [
    {
      given: "CREATE TABLE team (id int PRIMARY KEY); CREATE TABLE person (team int NOT NULL, other int)",
      pg: "ALTER TABLE person ADD FOREIGN KEY (team) REFERENCES team ON DELETE SET NULL; ALTER TABLE person ADD FOREIGN KEY (other) REFERENCES team MATCH FULL ON DELETE SET DEFAULT NOT VALID",
      tidb: "ALTER TABLE person ADD CONSTRAINT person_team_fkey FOREIGN KEY (team) REFERENCES team (id);\nALTER TABLE person ADD CONSTRAINT person_other_fkey FOREIGN KEY (other) REFERENCES team (id)",
      findings: ["set-null", "not-valid", "match-simple", "set-default"],
      accepts: ["INSERT INTO team VALUES (1)", "INSERT INTO person VALUES (1, 1)"],
      refuses: ["DELETE FROM team"],
      rejected: { sql: "ALTER TABLE person ADD CONSTRAINT x FOREIGN KEY (team) REFERENCES team (id) ON DELETE SET NULL", code: 1830 },
    },
    {
      given:
        "CREATE TABLE team (a int, b int, PRIMARY KEY (a, b)); CREATE TABLE part (a int, b int PRIMARY KEY) PARTITION BY HASH (b); CREATE TABLE person (a int, b int)",
      pg: "ALTER TABLE person ADD FOREIGN KEY (a, b) REFERENCES team MATCH FULL ON DELETE CASCADE; ALTER TABLE person ADD CONSTRAINT s FOREIGN KEY (a, b) REFERENCES team ON DELETE SET NULL (b)",
      tidb: "ALTER TABLE person ADD CONSTRAINT person_a_b_fkey FOREIGN KEY (a, b) REFERENCES team (a, b) ON DELETE CASCADE;\nALTER TABLE person ADD CONSTRAINT s FOREIGN KEY (a, b) REFERENCES team (a, b)",
      findings: ["match-full", "set-columns"],
      rejected: { sql: "ALTER TABLE person ADD CONSTRAINT s FOREIGN KEY (a, b) REFERENCES team (a, b) ON DELETE SET NULL (b)", code: 1064 },
    },
    {
      given: "CREATE TABLE team (a int, b int, c int, PRIMARY KEY (a, b), UNIQUE (a, b, c)); INSERT INTO team VALUES (1, 2, 3)",
      pg: "CREATE TABLE person (a int, b int, c int, FOREIGN KEY (a, b) REFERENCES team MATCH FULL); ALTER TABLE person ADD CONSTRAINT f FOREIGN KEY (a, b, c) REFERENCES team (a, b, c) MATCH FULL",
      tidb: `CREATE TABLE person (
  a INT,
  b INT,
  c INT,
  CONSTRAINT person_a_b_fkey FOREIGN KEY (a, b) REFERENCES team (a, b),
  CHECK ((a IS NULL) = (b IS NULL))
) COLLATE utf8mb4_0900_bin;
ALTER TABLE person ADD CONSTRAINT f FOREIGN KEY (a, b, c) REFERENCES team (a, b, c);
ALTER TABLE person ADD CHECK ((a IS NULL) = (b IS NULL) AND (a IS NULL) = (c IS NULL))`,
      findings: ["match-checked", "match-checked"],
      accepts: ["INSERT INTO person VALUES (NULL, NULL, NULL), (1, 2, 3)"],
      refuses: [
        "INSERT INTO person VALUES (NULL, 2, NULL)",
        "INSERT INTO person VALUES (1, 2, NULL)",
        "INSERT INTO person VALUES (1, 2, 4)",
      ],
    },
    {
      given: "CREATE TABLE team (id int PRIMARY KEY)",
      pg: "CREATE TABLE person (team int, FOREIGN KEY (team) REFERENCES team DEFERRABLE INITIALLY DEFERRED)",
      tidb: `CREATE TABLE person (
  team INT,
  CONSTRAINT person_team_fkey FOREIGN KEY (team) REFERENCES team (id)
) COLLATE utf8mb4_0900_bin`,
      findings: ["deferrable"],
      refuses: ["INSERT INTO person VALUES (1)"],
      rejected: { sql: "ALTER TABLE person ADD CONSTRAINT x FOREIGN KEY (team) REFERENCES team (id) DEFERRABLE", code: 1064 },
    },
    {
      given: "CREATE TABLE team (a int, b int); CREATE UNIQUE INDEX team_key ON team (b, a); INSERT INTO team VALUES (1, 2)",
      pg: "CREATE TABLE person (x int, y int, FOREIGN KEY (x, y) REFERENCES team (a, b))",
      tidb: `CREATE TABLE person (
  x INT,
  y INT,
  CONSTRAINT person_x_y_fkey FOREIGN KEY (y, x) REFERENCES team (b, a)
) COLLATE utf8mb4_0900_bin`,
      accepts: ["INSERT INTO person VALUES (1, 2), (3, NULL)"],
      refuses: ["INSERT INTO person VALUES (2, 1)"],
      rejected: { sql: "ALTER TABLE person ADD CONSTRAINT x FOREIGN KEY (x, y) REFERENCES team (a, b)", code: 1822 },
    },
    {
      given:
        "CREATE TABLE team (a int, b int, c int, UNIQUE (c, a)); INSERT INTO team VALUES (1, 2, 3); CREATE TABLE person (x int, z int)",
      pg: "ALTER TABLE person ADD CONSTRAINT f FOREIGN KEY (x, z) REFERENCES team (a, c); ALTER TABLE person RENAME CONSTRAINT f TO g",
      tidb: `ALTER TABLE person ADD CONSTRAINT f FOREIGN KEY (z, x) REFERENCES team (c, a);
ALTER TABLE person DROP FOREIGN KEY f;
ALTER TABLE person DROP INDEX IF EXISTS f;
ALTER TABLE person ADD CONSTRAINT g FOREIGN KEY (z, x) REFERENCES team (c, a)`,
      accepts: ["INSERT INTO person VALUES (1, 3)"],
      refuses: ["INSERT INTO person VALUES (3, 1)"],
    },
    {
      given: "CREATE TABLE team (id int PRIMARY KEY)",
      pg: "CREATE TABLE person (team text); ALTER TABLE team ALTER id TYPE text; ALTER TABLE person ADD CONSTRAINT f FOREIGN KEY (team) REFERENCES team (id)",
      tidb: "CREATE TABLE person (\n  team VARCHAR(768)\n) COLLATE utf8mb4_0900_bin",
      findings: ["not-changed"],
      rejected: { sql: "ALTER TABLE person ADD CONSTRAINT f FOREIGN KEY (team) REFERENCES team (id)", code: 3780 },
    },
    {
      given: "CREATE TABLE team (id bigint PRIMARY KEY)",
      pg: "CREATE TABLE person (team int, CONSTRAINT person_team FOREIGN KEY (team) REFERENCES team (id))",
      tidb: "CREATE TABLE person (\n  team INT\n) COLLATE utf8mb4_0900_bin",
      findings: ["types-differ"],
      rejected: { sql: "ALTER TABLE person ADD CONSTRAINT x FOREIGN KEY (team) REFERENCES team (id)", code: 3780 },
    },
    {
      given: "CREATE TABLE team (id bigint PRIMARY KEY)",
      pg: "CREATE TABLE person (team int, CONSTRAINT person_team FOREIGN KEY (team) REFERENCES team (id)); ALTER TABLE person ALTER team TYPE bigint",
      tidb: "CREATE TABLE person (\n  team INT\n) COLLATE utf8mb4_0900_bin;\nALTER TABLE person MODIFY COLUMN team BIGINT;\nALTER TABLE person ADD CONSTRAINT person_team FOREIGN KEY (team) REFERENCES team (id)",
      findings: ["later"],
      refuses: ["INSERT INTO person VALUES (1)"],
    },
    {
      given: "CREATE TABLE team (id int PRIMARY KEY)",
      pg: "CREATE TABLE person (team int, CONSTRAINT f FOREIGN KEY (team) REFERENCES team NOT ENFORCED); ALTER TABLE person ADD CONSTRAINT g FOREIGN KEY (team) REFERENCES team NOT ENFORCED; ALTER TABLE person DROP CONSTRAINT f",
      tidb: "CREATE TABLE person (\n  team INT\n) COLLATE utf8mb4_0900_bin",
      findings: ["not-enforced", "not-enforced"],
      accepts: ["INSERT INTO person VALUES (1)"],
      rejected: { sql: "ALTER TABLE person ADD CONSTRAINT g FOREIGN KEY (team) REFERENCES team (id) NOT ENFORCED", code: 1064 },
    },
    {
      pg: "CREATE TABLE person (team int REFERENCES elsewhere (id))",
      tidb: "CREATE TABLE person (\n  team INT\n) COLLATE utf8mb4_0900_bin",
      findings: ["unknown-parent"],
      rejected: { sql: "ALTER TABLE person ADD CONSTRAINT x FOREIGN KEY (team) REFERENCES elsewhere (id)", code: 1824 },
    },
    {
      given: "CREATE TABLE team (id int PRIMARY KEY); CREATE TABLE person (`team` INT, KEY (`team`))",
      pg: "ALTER TABLE person ADD CONSTRAINT f FOREIGN KEY (team) REFERENCES team (id) DEFERRABLE",
      tidb: "ALTER TABLE person ADD CONSTRAINT f FOREIGN KEY (team) REFERENCES team (id)",
      findings: ["deferrable", "unknown-child"],
      refuses: ["INSERT INTO person VALUES (1)"],
    },
    {
      given: "CREATE TABLE team (id int PRIMARY KEY)",
      pg: "CREATE TEMP TABLE person (team int REFERENCES team)",
      tidb: "CREATE TEMPORARY TABLE person (\n  team INT\n) COLLATE utf8mb4_0900_bin",
      findings: ["temporary"],
      rejected: { sql: "CREATE TEMPORARY TABLE x (team INT, FOREIGN KEY (team) REFERENCES team (id))", code: 1215 },
    },
    {
      given: "CREATE TABLE p (id int, at daterange, PRIMARY KEY (id, at WITHOUT OVERLAPS))",
      pg: "CREATE TABLE t (id int, at daterange, FOREIGN KEY (id, PERIOD at) REFERENCES p (id, PERIOD at))",
      tidb: "CREATE TABLE t (\n  id INT,\n  at VARCHAR(767)\n) COLLATE utf8mb4_0900_bin",
      findings: ["period"],
    },
  ],
});
