import {
  as,
  type Column,
  type Context,
  error,
  find,
  identifier,
  inPrimaryKey,
  keyName,
  madeAgain,
  mapType,
  type NodeOf,
  note,
  type Restated,
  raw,
  relationName,
  relationOf,
  rule,
  staysInKey,
  type TableConstraint,
  tidb,
  typesApart,
} from "../../src/rule.js";

type Ctx = Context<"off" | "left-off" | "made">;
type Alter = NodeOf<"AlterTableStmt">;

export default rule({
  construct: "ALTER COLUMN … TYPE of a column in a foreign key",
  why: `Both sides of a foreign key have one type in TiDB, at every moment (error 3780). A change of one side's type takes the key off; the change of
the other side, whichever statement it stands in, puts it back, and TiDB checks the rows that are there then.`,
  docs: {
    pg: "https://www.postgresql.org/docs/current/sql-altertable.html",
    tidb: "https://docs.pingcap.com/tidb/stable/foreign-key",
  },
  messages: {
    off: note("FOREIGN KEY {name} is taken off: {column} gets another type than {other} has; it is made again where that changes too", {
      help: "rows that are written in between are checked when it is made again",
    }),
    "left-off": error("FOREIGN KEY {name} is taken off for good: {column} gets another type than {other} has, and TiDB wants the same", {
      help: "change {other} as well, and make the key again",
    }),
    made: note("FOREIGN KEY {name} is made: its columns have one type now"),
  },
  restates: ["AlterTableStmt"],
  restate(statement, ctx) {
    const alter = as("AlterTableStmt", statement);
    const table = alter?.relation && find(ctx.catalog, ctx.catalog.tables, relationName(alter.relation));
    if (!alter || !table) return undefined;
    const changed = (alter.cmds ?? []).map((item) => {
      const cmd = as("AlterTableCmd", item);
      return cmd?.subtype === "AT_AlterColumnType" ? table.columns.get(cmd.name ?? "") : undefined;
    });
    const moved = changed.map((column, i) => (column && isChanged(ctx, column) ? moves(ctx, column, changed.slice(i + 1)) : NONE));
    if (moved.every(({ off, on }) => off.length + on.length === 0)) return undefined;
    const out: Restated[] = [];
    let rest: NonNullable<Alter["cmds"]>[number][] = [];
    const flush = () => {
      if (rest.length > 0) out.push({ node: ctx.change(alter, { cmds: rest }) });
      rest = [];
    };
    for (const [i, item] of (alter.cmds ?? []).entries()) {
      const { off, on } = moved[i]!;
      const at = as("AlterTableCmd", item);
      if (off.length > 0) flush();
      for (const key of off) {
        const last = ctx.final.constraintOf.get(key.node);
        const comesBack = !last?.parent || last.dropped || !typesApart(ctx.final, last);
        const column = changed[i]!;
        ctx.report(comesBack ? "off" : "left-off", { name: key.name, column: nameOf(column), other: otherSide(key, column) }, at);
        if (!comesBack) ctx.gone(key.node);
        out.push({ node: tidb`ALTER TABLE ${relationOf(key.table)} DROP FOREIGN KEY ${raw(identifier(keyName(key.name)))}` as never });
      }
      rest.push(item);
      if (on.length > 0) flush();
      for (const key of on) {
        ctx.report("made", { name: key.name }, at);
        const cmd: NodeOf<"AlterTableCmd"> = {
          kind: "AlterTableCmd",
          subtype: "AT_AddConstraint",
          def: madeAgain(key, keyName(key.name))!,
        };
        out.push({ node: { kind: "AlterTableStmt", relation: relationOf(key.table), cmds: [cmd], objtype: "OBJECT_TABLE" } });
      }
    }
    flush();
    return out;
  },
  examples: [
    {
      given:
        "CREATE TABLE p (id serial PRIMARY KEY, up int REFERENCES p); CREATE TABLE c (p int NOT NULL REFERENCES p ON DELETE CASCADE); INSERT INTO p VALUES (1, 1); INSERT INTO c VALUES (1)",
      pg: "ALTER TABLE p ALTER id TYPE bigint, ALTER up TYPE bigint; ALTER TABLE c ALTER p TYPE bigint",
      tidb: `ALTER TABLE p DROP FOREIGN KEY p_up_fkey;
ALTER TABLE c DROP FOREIGN KEY c_p_fkey;
ALTER TABLE p MODIFY COLUMN id BIGINT NOT NULL AUTO_INCREMENT;
ALTER TABLE p MODIFY COLUMN up BIGINT;
ALTER TABLE p ADD CONSTRAINT p_up_fkey FOREIGN KEY (up) REFERENCES p (id);
ALTER TABLE c MODIFY COLUMN p BIGINT NOT NULL;
ALTER TABLE c ADD CONSTRAINT c_p_fkey FOREIGN KEY (p) REFERENCES p (id) ON DELETE CASCADE`,
      findings: ["off", "off", "made", "made"],
      accepts: [
        "INSERT INTO p VALUES (3000000000, 1)",
        "INSERT INTO c VALUES (3000000000)",
        "DELETE FROM p WHERE id = 3000000000",
        "UPDATE p SET id = IF((SELECT COUNT(*) FROM c) = 1, 1, NULL)",
      ],
      refuses: ["INSERT INTO c VALUES (3000000000)", "UPDATE p SET up = 7"],
    },
    {
      given: "CREATE TABLE p (id int PRIMARY KEY); CREATE TABLE c (p int CONSTRAINT f REFERENCES p)",
      pg: "ALTER TABLE c ALTER p TYPE bigint",
      tidb: "ALTER TABLE c DROP FOREIGN KEY f;\nALTER TABLE c MODIFY COLUMN p BIGINT",
      findings: ["left-off"],
      rejected: { sql: "ALTER TABLE c ADD CONSTRAINT f FOREIGN KEY (p) REFERENCES p (id)", code: 3780 },
    },
  ],
});

interface Moves {
  readonly off: readonly TableConstraint[];
  readonly on: readonly TableConstraint[];
}

const NONE: Moves = { off: [], on: [] };

const nameOf = ({ table, name }: Column) => `${table.name}.${name}`;

/** Whether the column gets its type in TiDB: one of a primary key may keep it. */
function isChanged(ctx: Ctx, column: Column): boolean {
  const [from, to] = [column.changedFrom, column.type].map((type) => type && mapType(ctx.catalog, type, column));
  return from !== undefined && to !== undefined && (!inPrimaryKey(column) || staysInKey(from, to));
}

/**
 * Foreign keys that are there before the change and cannot be after it, and those that can be only then.
 * @param later columns that the statement has still to change
 */
function moves(ctx: Ctx, column: Column, later: readonly (Column | undefined)[]): Moves {
  const typeBefore = (still: readonly (Column | undefined)[]) => (each: Column) =>
    still.includes(each) ? (each.changedFrom ?? each.type) : each.type;
  const keys = [...ctx.catalog.tables.values()]
    .flatMap((table) => [...table.constraints.values()])
    .filter(({ type, columns, parent, node }) => {
      const isSide = columns.includes(column) || parent?.columns.includes(column);
      return type === "foreign" && parent !== undefined && isSide && !ctx.lost(node);
    })
    .map((key) => ({
      key,
      before: !typesApart(ctx.catalog, key, typeBefore([column, ...later])),
      after: !typesApart(ctx.catalog, key, typeBefore(later)),
    }));
  return {
    off: keys.filter(({ before, after }) => before && !after).map(({ key }) => key),
    on: keys.filter(({ before, after }) => !before && after).map(({ key }) => key),
  };
}

/** The column that the key compares with this one. */
function otherSide({ columns, parent }: TableConstraint, column: Column): string {
  const at = columns.indexOf(column);
  const other = at < 0 ? columns[parent!.columns.indexOf(column)] : parent!.columns[at];
  return other ? nameOf(other) : "the other side";
}
