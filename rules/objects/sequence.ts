import {
  as,
  type Catalog,
  type Column,
  type Context,
  countsOtherwise,
  eachDescendant,
  error,
  type FuncCall,
  find,
  integerOf,
  isAutoIncrement,
  isNode,
  literalText,
  type NodeOf,
  nodesOf,
  note,
  type Outcome,
  optionsOf,
  parseName,
  qualified,
  raw,
  relationName,
  relationOf,
  rule,
  type SelectStmt,
  type Sequence,
  type Tidb,
  tidb,
  typeName,
  type Value,
  warning,
} from "../../src/rule.js";

type Options = ReadonlyMap<string, Value | undefined>;
type Name = ReturnType<typeof parseName>;
type Ctx = Context<keyof typeof MESSAGES>;

const MESSAGES = {
  counter: note("sequence {name} is the AUTO_INCREMENT of {column}: there is nothing to do"),
  start: note("{column} starts at {next}, as sequence {name} does"),
  options: warning("{column} counts by 1 up to its type's limit: AUTO_INCREMENT, which takes the place of {name}, knows no {options}", {
    help: "where the step or the bounds matter, give the column DEFAULT (NEXTVAL(…)) of a SEQUENCE in place of AUTO_INCREMENT",
  }),
  cache: note("{name} gives out numbers in blocks of 1000 to each TiDB server: unique, but with gaps, and not in the order of inserts", {
    help: "NOCACHE keeps the order, at the cost of a transaction for each number",
  }),
  step: warning("the next number of {name} counts on from its start in TiDB; in PostgreSQL it is the last one and the new step", {
    help: "say RESTART WITH the number that comes next, in the same statement",
  }),
  unlogged: note("sequence {name} is an ordinary one: TiDB has none that are UNLOGGED"),
  temporary: warning("sequence {name} is there for every session, and stays: TiDB has none that are TEMPORARY", {
    help: "DROP SEQUENCE {name} at the end of the session; two sessions share its numbers",
  }),
  owner: note("OWNED BY is left away: in TiDB {name} stays when the table is dropped", {
    help: "DROP SEQUENCE {name} where the table is dropped",
  }),
  "set-counter": note("the next number of {column} is {next}{row}"),
  "set-sequence": note("the next number of {name} is {next}{row}"),
  follows: note("setval is left away: {column} is AUTO_INCREMENT, which follows the largest value inserted"),
  computed: error("setval of {name} is not in the output: its number is computed by a query", {
    help: "run the query, and write the number after the result: {statement}",
  }),
  unknown: error("sequence {name} is not changed: the input does not create it", {
    help: "convert the file that creates the sequence, or its serial column, together with this one",
  }),
  "not-there": note("there is nothing to alter: no sequence {name} is in the input"),
};

const byNode = new WeakMap<Catalog, ReadonlyMap<unknown, Sequence>>();

/** The sequences at the end of the input by the statements that made them. */
function sequencesByNode(final: Catalog): ReadonlyMap<unknown, Sequence> {
  const made = byNode.get(final) ?? new Map([...final.sequences.values()].map((sequence) => [sequence.node, sequence]));
  byNode.set(final, made);
  return made;
}

export default rule({
  construct: "SEQUENCE and setval",
  why: `A sequence that only numbers one column, which owns it, becomes that column's AUTO_INCREMENT. Others stay sequences: TiDB has them,
without AS type and OWNED BY, with bounds that are one short of PostgreSQL's at both ends, and with 1000 numbers cached on each server.
SETVAL of TiDB never moves back, so that ALTER SEQUENCE … RESTART takes its place.`,
  docs: {
    pg: "https://www.postgresql.org/docs/current/sql-createsequence.html",
    tidb: "https://docs.pingcap.com/tidb/stable/sql-statement-create-sequence",
  },
  messages: MESSAGES,
  on: (takes) => [
    takes("CreateSeqStmt", ["sequence", "options", "if_not_exists"], (create, ctx) => {
      const name = relationName(create.sequence!);
      const options = optionsOf(create.options);
      carryOptions(ctx, create.options);
      ctx.carried(create.sequence!, ["relname", "schemaname"]);
      // By the statement: later ones may rename it.
      const made = stateOf(sequencesByNode(ctx.final).get(create));
      if (made.state === "counter") {
        // It is not in the output, whatever stands in its place.
        ctx.differs(create as NodeOf<"CreateSeqStmt">);
        return changeCounter(ctx, name.name, made.column, options, options);
      }
      if ((integerOf(options.get("cache")) ?? 1n) === 1n) ctx.report("cache", { name: name.name });
      if (options.has("owned_by")) ctx.report("owner", { name: name.name });
      const { relpersistence } = create.sequence!;
      if (relpersistence === "u") ctx.report("unlogged", { name: name.name });
      if (relpersistence === "t") ctx.report("temporary", { name: name.name });
      ctx.carried(create.sequence!, ["relpersistence"]);
      const clauses = definition(options).map((clause) => ` ${clause}`);
      return ctx.replace(
        tidb`CREATE SEQUENCE ${raw(create.if_not_exists ? "IF NOT EXISTS " : "")}${create.sequence!}${raw(clauses.join(""))}`,
      );
    }),
    takes("AlterSeqStmt", ["sequence", "options", "missing_ok"], (alter, ctx) => {
      const name = relationName(alter.sequence!);
      const changes = optionsOf(alter.options);
      carryOptions(ctx, alter.options);
      ctx.carried(alter.sequence!, ["relname", "schemaname"]);
      const found = stateOf(find(ctx.catalog, ctx.catalog.sequences, name));
      if (found.state === "unknown") return ctx.drop(alter.missing_ok ? "not-there" : "unknown", { name: name.name });
      if (found.state === "counter") {
        const all = find(ctx.catalog, ctx.catalog.sequences, name)?.options ?? changes;
        return changeCounter(ctx, name.name, found.column, changes, all);
      }
      if (changes.has("owned_by")) ctx.report("owner", { name: name.name });
      if (changes.has("increment") && !changes.has("restart")) ctx.report("step", { name: name.name });
      const clauses = alterations(changes, found.sequence);
      if (clauses.length === 0) return changes.has("owned_by") ? ctx.statements([]) : ctx.drop("cache", { name: name.name });
      return ctx.replace(tidb`ALTER SEQUENCE ${raw(alter.missing_ok ? "IF EXISTS " : "")}${alter.sequence!} ${raw(clauses.join(" "))}`);
    }),
    takes("SelectStmt", ["targetList", "fromClause", "whereClause"], (select, ctx) => {
      const call = select.targetList?.length === 1 ? as("FuncCall", as("ResTarget", select.targetList[0])?.val) : undefined;
      if (!call || qualified(call.funcname ?? []).name !== "setval" || NESTS.some((kind) => ctx.within(kind))) return;
      const [of, value, called] = call.args ?? [];
      const name = sequenceName(ctx.catalog, of);
      const number = select.fromClause || select.whereClause ? undefined : constant(value);
      const isCalled = called === undefined ? true : as("A_Const", called)?.boolval;
      if (!name) return;
      const outcome = setTo(ctx, name, number, isCalled, value, showing(select as SelectStmt, call, { name, isCalled }, ctx));
      ctx.consumed(select.targetList!);
      return outcome;
    }),
  ],
  examples: [
    {
      pg: "CREATE SEQUENCE s START WITH 1 INCREMENT BY 1 NO MINVALUE MAXVALUE 9223372036854775807 CACHE 1",
      tidb: "CREATE SEQUENCE s START WITH 1 INCREMENT BY 1",
      findings: ["cache"],
      accepts: ["DO NEXTVAL(s)"],
      rejected: { sql: "CREATE SEQUENCE r MAXVALUE 9223372036854775807", code: 4136 },
    },
    {
      pg: "CREATE SEQUENCE IF NOT EXISTS s AS smallint INCREMENT 5 MINVALUE 10 CACHE 20 CYCLE; CREATE SEQUENCE down INCREMENT BY -1 CACHE 5",
      tidb: "CREATE SEQUENCE IF NOT EXISTS s START WITH 10 INCREMENT BY 5 MINVALUE 10 MAXVALUE 32767 CACHE 20 CYCLE;\nCREATE SEQUENCE down INCREMENT BY -1 CACHE 5",
      accepts: ["DO NEXTVAL(s)"],
      rejected: { sql: "CREATE SEQUENCE r AS smallint", code: 1064 },
    },
    {
      pg: `CREATE TABLE t (id integer NOT NULL);
CREATE SEQUENCE t_id_seq START WITH 100 INCREMENT BY 5 CACHE 10;
ALTER TABLE t ALTER COLUMN id SET DEFAULT nextval('t_id_seq');
ALTER SEQUENCE t_id_seq OWNED BY t.id`,
      tidb: "CREATE TABLE t (\n  id INT NOT NULL\n) COLLATE utf8mb4_0900_bin;\nCREATE SEQUENCE t_id_seq START WITH 100 INCREMENT BY 5 CACHE 10;\nALTER TABLE t ALTER COLUMN id SET DEFAULT (NEXTVAL(t_id_seq))",
      findings: ["owner"],
      accepts: ["INSERT INTO t VALUES ()"],
    },
    {
      given: "CREATE SEQUENCE s; CREATE TABLE t (id int); CREATE TABLE u (id int)",
      pg: "ALTER SEQUENCE s OWNED BY t.id; ALTER SEQUENCE s NO MAXVALUE CYCLE RESTART WITH 7; ALTER SEQUENCE s CACHE 1; ALTER SEQUENCE s INCREMENT BY 5; ALTER SEQUENCE s RESTART WITH 12",
      tidb: "ALTER SEQUENCE s NO MAXVALUE CYCLE RESTART WITH 7;\nALTER SEQUENCE s INCREMENT BY 5;\nALTER SEQUENCE s START WITH 12 RESTART WITH 12",
      findings: ["owner", "cache", "step"],
    },
    {
      given: "CREATE TABLE t (id serial PRIMARY KEY, a int)",
      pg: "ALTER SEQUENCE t_id_seq AS bigint; ALTER SEQUENCE t_id_seq RESTART WITH 50; ALTER SEQUENCE t_id_seq INCREMENT BY 2; ALTER SEQUENCE gone RESTART; ALTER SEQUENCE IF EXISTS gone RESTART",
      tidb: "ALTER TABLE t /*T![force_inc] FORCE */ AUTO_INCREMENT = 50",
      findings: ["counter", "set-counter", "options", "unknown", "not-there"],
    },
    {
      given: "CREATE TABLE t (id serial PRIMARY KEY, a int); INSERT INTO t VALUES (42, 1)",
      pg: "SELECT pg_catalog.setval('public.t_id_seq', 42, true)",
      tidb: "ALTER TABLE t /*T![force_inc] FORCE */ AUTO_INCREMENT = 43",
      findings: ["set-counter"],
      accepts: ["INSERT INTO t (a) VALUES (1)"],
      refuses: ["INSERT INTO t VALUES (43, 1)"],
    },
    {
      given: "CREATE TABLE t (id serial PRIMARY KEY, a int)",
      pg: "SELECT setval(pg_get_serial_sequence('t', 'id'), 7, false); SELECT setval('t_id_seq', (SELECT max(id) FROM t)); SELECT setval('t_id_seq', count(*)) FROM t",
      tidb: `ALTER TABLE t /*T![force_inc] FORCE */ AUTO_INCREMENT = 7;
SELECT 7 AS setval;
SELECT LAST_INSERT_ID((SELECT MAX(id) FROM t)) AS setval`,
      findings: ["set-counter", "follows", "computed"],
    },
    {
      pg: "CREATE UNLOGGED SEQUENCE u CACHE 10; CREATE TEMP SEQUENCE t CACHE 10",
      tidb: "CREATE SEQUENCE u CACHE 10;\nCREATE SEQUENCE t CACHE 10",
      findings: ["unlogged", "temporary"],
      rejected: { sql: "CREATE TEMPORARY SEQUENCE v", code: 1064 },
    },
    {
      given: "CREATE SEQUENCE s; CREATE SEQUENCE five INCREMENT BY 5",
      pg: "SELECT setval('s', 42); SELECT setval('s', 3, false); SELECT setval('five', 7); SELECT setval('gone', 1)",
      tidb: `ALTER SEQUENCE s RESTART WITH 43;
SELECT 42 AS setval;
ALTER SEQUENCE s RESTART WITH 3;
SELECT 3 AS setval;
ALTER SEQUENCE five START WITH 12 RESTART WITH 12;
SELECT 7 AS setval`,
      findings: ["set-sequence", "set-sequence", "set-sequence", "unknown"],
      rejected: { sql: "SELECT setval('s', 42)", code: 1064 },
    },
    {
      given: "CREATE TABLE t (a int); ALTER TABLE t ADD COLUMN id serial; CREATE TABLE two (a serial, b serial)",
      pg: "SELECT setval('t_id_seq', 1); SELECT setval('two_b_seq', 1)",
      tidb: "ALTER SEQUENCE t_id_seq RESTART WITH 2;\nSELECT 1 AS setval;\nALTER SEQUENCE two_b_seq RESTART WITH 2;\nSELECT 1 AS setval",
      findings: ["set-sequence", "set-sequence"],
    },
    {
      pg: "CREATE TABLE t (id int NOT NULL); CREATE SEQUENCE s START 100 OWNED BY t.id; ALTER TABLE t ALTER COLUMN id SET DEFAULT nextval('s')",
      tidb: "CREATE TABLE t (\n  id INT NOT NULL AUTO_INCREMENT\n) COLLATE utf8mb4_0900_bin;\nALTER TABLE t /*T![force_inc] FORCE */ AUTO_INCREMENT = 100",
      findings: ["start"],
      accepts: ["INSERT INTO t VALUES ()"],
    },
  ],
});

/** Statements that take a query in; what setval does then is not this rule's. */
const NESTS = ["SelectStmt", "InsertStmt", "ViewStmt", "CreateTableAsStmt", "ExplainStmt", "PrepareStmt", "RuleStmt"] as const;

type State =
  | { readonly state: "unknown" }
  /** The column's AUTO_INCREMENT takes its place. */
  | { readonly state: "counter"; readonly column: Column }
  | { readonly state: "real"; readonly sequence: Sequence };

/** What a sequence is in TiDB. */
function stateOf(sequence: Sequence | undefined): State {
  if (!sequence) return { state: "unknown" };
  const column = sequence.ownedBy;
  if (!column) return { state: "real", sequence };
  const own = column.identity !== undefined;
  const counts = [...column.table.columns.values()].find(isAutoIncrement) === column;
  if (counts && (own || sequence.usedBy.every((user) => user === column))) return { state: "counter", column };
  return { state: "real", sequence };
}

function words(column: Column): string {
  return `${column.table.name}.${column.name}`;
}

function carryOptions(ctx: Ctx, options: readonly Value[] | undefined): void {
  for (const option of nodesOf("DefElem", options)) {
    ctx.carried(option, ["defname", "arg"]);
    if (!isNode(option.arg)) continue;
    if (option.arg.kind === "Float") ctx.carried(option.arg, ["fval"]);
    if (option.arg.kind === "TypeName") ctx.carried(option.arg, ["names"]);
  }
}

/** The integer that an expression writes down. */
function constant(value: Value | undefined): bigint | undefined {
  const number = as("A_Const", value);
  if (number?.ival !== undefined) return BigInt(number.ival);
  const large = number?.fval;
  return large !== undefined && /^\d+$/.test(large) ? BigInt(large) : undefined;
}

/** TiDB's bounds: one short of a 64-bit integer's at both ends (error 4136). */
const LARGEST = 2n ** 63n - 2n;
const SMALLEST = -(2n ** 63n) + 1n;

const TYPE_BOUNDS: Readonly<Record<string, readonly [bigint, bigint]>> = {
  int2: [-32768n, 32767n],
  int4: [-2147483648n, 2147483647n],
};

function typeBounds(options: Options): readonly [bigint, bigint] {
  const type = as("TypeName", options.get("as"));
  return (type && TYPE_BOUNDS[typeName(type).name]) ?? [SMALLEST, LARGEST];
}

function clamp(bound: bigint): bigint {
  return bound > LARGEST ? LARGEST : bound < SMALLEST ? SMALLEST : bound;
}

/** The clauses of CREATE SEQUENCE, without those that say what TiDB does anyway. */
function definition(options: Options): string[] {
  const ascending = (integerOf(options.get("increment")) ?? 1n) > 0n;
  const [typeMin, typeMax] = typeBounds(options);
  const min = clamp(integerOf(options.get("minvalue")) ?? (ascending ? 1n : typeMin));
  const max = clamp(integerOf(options.get("maxvalue")) ?? (ascending ? typeMax : -1n));
  // TiDB starts at 1 or -1 where the bounds allow it, PostgreSQL at the first of them.
  const start = integerOf(options.get("start")) ?? (ascending ? min : max);
  const cache = integerOf(options.get("cache")) ?? 1n;
  return [
    ...(options.has("start") || start !== (ascending ? 1n : -1n) ? [`START WITH ${start}`] : []),
    ...(options.has("increment") ? [`INCREMENT BY ${integerOf(options.get("increment"))}`] : []),
    ...(min === (ascending ? 1n : SMALLEST) ? [] : [`MINVALUE ${min}`]),
    ...(max === (ascending ? LARGEST : -1n) ? [] : [`MAXVALUE ${max}`]),
    ...(cache > 1n ? [`CACHE ${cache}`] : []),
    ...(options.get("cycle") === true ? ["CYCLE"] : []),
  ];
}

/** The clauses of ALTER SEQUENCE. */
function alterations(changes: Options, sequence: Sequence): string[] {
  const bound = (option: string, word: string): string[] => {
    if (!changes.has(option)) return [];
    const value = integerOf(changes.get(option));
    return [value === undefined ? `NO ${word}` : `${word} ${clamp(value)}`];
  };
  // The type's bounds change along, which count on the side that the sequence runs to.
  const ascending = (step(sequence) ?? 1n) > 0n;
  const [min, max] = typeBounds(changes);
  const limit = ascending ? (max === LARGEST ? "NO MAXVALUE" : `MAXVALUE ${max}`) : min === SMALLEST ? "NO MINVALUE" : `MINVALUE ${min}`;
  const cache = integerOf(changes.get("cache")) ?? 1n;
  const restart = integerOf(changes.get("restart"));
  const start = integerOf(changes.get("start"));
  return [
    ...(start === undefined ? [] : [`START WITH ${start}`]),
    ...(changes.has("increment") ? [`INCREMENT BY ${integerOf(changes.get("increment"))}`] : []),
    ...bound("minvalue", "MINVALUE"),
    ...bound("maxvalue", "MAXVALUE"),
    ...(changes.has("as") && !changes.has(ascending ? "maxvalue" : "minvalue") ? [limit] : []),
    ...(cache > 1n ? [`CACHE ${cache}`] : []),
    ...(changes.has("cycle") ? [changes.get("cycle") === true ? "CYCLE" : "NOCYCLE"] : []),
    ...(restart !== undefined ? [restartAt(sequence, restart, start !== undefined)] : changes.has("restart") ? ["RESTART"] : []),
  ];
}

function step(sequence: Sequence): bigint | undefined {
  return integerOf(sequence.options.get("increment"));
}

/** TiDB restarts at the next number that is whole steps away from START, which therefore moves along. */
function restartAt(sequence: Sequence, next: bigint, startGiven = false): string {
  const by = step(sequence) ?? 1n;
  const start = by === 1n || by === -1n || startGiven ? "" : `START WITH ${next} `;
  return `${start}RESTART WITH ${next}`;
}

/** Sets a column's next number, up or down: without FORCE, TiDB skips to the next batch of 30,000 unless the number is far ahead. */
function setCounter({ table }: Column, next: bigint): Tidb {
  return tidb`ALTER TABLE ${relationOf(table)} /*T![force_inc] FORCE */ AUTO_INCREMENT = ${raw(String(next))}`;
}

/**
 * Options given to a sequence that is a column's AUTO_INCREMENT. Once it is owned, its start is the table's.
 * @param all the options given so far
 */
function changeCounter(ctx: Ctx, name: string, column: Column, changes: Options, all: Options): Outcome {
  const unusual = countsOtherwise(changes);
  const start = integerOf(all.get("start")) ?? 1n;
  const [next, message] = changes.has("restart")
    ? [integerOf(changes.get("restart")) ?? start, "set-counter" as const]
    : changes.has("owned_by") && start > 1n
      ? [start, "start" as const]
      : [undefined, undefined];
  const data = { name, column: words(column), options: unusual.join(", "), next: String(next), row: "" };
  if (next === undefined) return ctx.drop(unusual.length > 0 ? "options" : "counter", data);
  if (unusual.length > 0) ctx.report("options", data);
  return ctx.statements([setCounter(column, next)], message, data);
}

/** The sequence that the first argument of setval names: `'s'`, `'s'::regclass`, `pg_get_serial_sequence('t', 'id')`. */
function sequenceName(catalog: Catalog, value: Value | undefined): Name | undefined {
  const text = literalText(value);
  if (text !== undefined) return parseName(text);
  const call = as("FuncCall", value);
  if (!call || qualified(call.funcname ?? []).name !== "pg_get_serial_sequence") return undefined;
  const [table, column] = (call.args ?? []).map(literalText);
  if (table === undefined || column === undefined) return undefined;
  const owner = find(catalog, catalog.tables, parseName(table))?.columns.get(column);
  const sequence = owner && [...catalog.sequences.values()].find(({ ownedBy }) => ownedBy === owner);
  return sequence ?? { schema: undefined, name: `of ${table}.${column}` };
}

const NO_ROW = "; the row of setval, which nobody reads in a dump, is left away";

/**
 * The query for the row that setval gives, its number, which is what currval gives from then on; undefined where pg_dump wrote it, with the
 * schema's name.
 */
function showing(
  select: SelectStmt,
  call: FuncCall,
  { name, isCalled }: { readonly name: Name; readonly isCalled: boolean | undefined },
  ctx: Ctx,
): SelectStmt | undefined {
  if (qualified(call.funcname ?? []).schema !== undefined) return undefined;
  const value = call.args![1]!;
  const isCounter = stateOf(find(ctx.catalog, ctx.catalog.sequences, name)).state === "counter";
  const val = isCounter && isCalled ? (ctx.stand(tidb`LAST_INSERT_ID(${value})`, call) as unknown as Value) : value;
  return ctx.change(select, {
    targetList: [{ kind: "ResTarget", name: as("ResTarget", select.targetList![0])?.name ?? "setval", val }],
  }) as SelectStmt;
}

/** @param number undefined when it is computed */
function setTo(
  ctx: Ctx,
  name: Name,
  number: bigint | undefined,
  isCalled: boolean | undefined,
  value: Value | undefined,
  shown: SelectStmt | undefined,
): Outcome {
  const found = stateOf(find(ctx.catalog, ctx.catalog.sequences, name));
  if (found.state === "unknown") return ctx.drop("unknown", { name: name.name });
  const isReal = found.state === "real";
  if (number === undefined || isCalled === undefined) {
    if (!isReal && followsLargest(found.column, value)) {
      const data = { column: words(found.column) };
      return shown ? ctx.replace(shown, "follows", data) : ctx.drop("follows", data);
    }
    const statement = isReal
      ? `ALTER SEQUENCE ${name.name} RESTART WITH …`
      : `ALTER TABLE ${found.column.table.name} FORCE AUTO_INCREMENT = …`;
    return ctx.drop("computed", { name: name.name, statement });
  }
  const next = isCalled ? number + (isReal ? (step(found.sequence) ?? 1n) : 1n) : number;
  const row = shown ? "" : NO_ROW;
  const read = shown ? [shown] : [];
  if (!isReal)
    return ctx.statements([setCounter(found.column, next), ...read], "set-counter", {
      column: words(found.column),
      next: String(next),
      row,
    });
  const text = restartAt(found.sequence, next);
  return ctx.statements([tidb`ALTER SEQUENCE ${relationOf(found.sequence)} ${raw(text)}`, ...read], "set-sequence", {
    name: name.name,
    next: String(next),
    row,
  });
}

/** Whether the number is computed from the column's largest, as in `SELECT setval(…, max(id)) FROM t`. */
function followsLargest(column: Column, value: Value | undefined): boolean {
  let largest = false;
  if (isNode(value))
    eachDescendant(value, (node) => {
      if (node.kind !== "FuncCall" || qualified(node.funcname ?? []).name !== "max") return;
      const fields = as("ColumnRef", node.args?.[0])?.fields ?? [];
      largest ||= fields[fields.length - 1] === column.name;
    });
  return largest;
}
