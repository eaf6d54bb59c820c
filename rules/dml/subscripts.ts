import {
  type A_Indices,
  arrayToJson,
  as,
  type Context,
  error,
  find,
  functionCall,
  HOLD_QUERIES,
  infix,
  literalText,
  type Node,
  type NodeOf,
  nodesOf,
  operation,
  type RangeVar,
  type ResTarget,
  raw,
  relationName,
  rewritten,
  rule,
  type Tidb,
  type TypeName,
  tidb,
  type UpdateStmt,
  unplaced,
  type Value,
  warning,
} from "../../src/rule.js";

export default rule({
  construct: "SET a[i] = …, SET a[i:j] = … and SET j['key'] = …",
  why: `TiDB sets whole columns. An array is put together of what stands before the element, the element, and what stands behind it; a document is
changed by jsonb_set(), key by key, with the objects that are not there yet (arrayfuncs.c, array_set_element; jsonfuncs.c, jsonb_set_element).`,
  docs: {
    pg: "https://www.postgresql.org/docs/current/arrays.html#ARRAYS-MODIFYING",
    tidb: "https://docs.pingcap.com/tidb/stable/data-type-json",
  },
  messages: {
    places: warning("of an array without elements {column} begins with NULLs, where PostgreSQL begins to count at {place}", {
      help: "nothing to do where such arrays have elements before the one that is set",
    }),
    kind: warning(
      "a document of {column} in which the key would stand in no object is changed or left as it is, where PostgreSQL raises an error",
      {
        help: "where documents differ, add to WHERE that jsonb_typeof() of what the key stands in is 'object'",
      },
    ),
    other: error("the statement is not in the output: it sets a part of a column that cannot be told from the input", {
      help: "literal places of arrays of numbers, texts, booleans and times, slices to literals that fill them, and keys of jsonb are converted; else set the whole column",
    }),
  },
  restates: HOLD_QUERIES,
  about: "A_Indices",
  // Keys of documents: other calls are put around the value.
  restate(statement, ctx) {
    const next = rewritten(statement as unknown as Value, ctx.change as never, (node, around) => {
      const clause = as("UpdateStmt", node) ?? as("OnConflictClause", node) ?? as("MergeWhenClause", node);
      const relation = as("UpdateStmt", node)?.relation ?? written(around);
      if (!clause || !relation) return undefined;
      return targetsWith(
        clause,
        (target, now) => {
          const set = withKey(now(relation), stepsOf(target), target.val!);
          if (set) ctx.report("kind", { column: target.name ?? "" }, target);
          return set;
        },
        ctx,
        (target) => {
          const type = columnType(target, relation, ctx);
          return type?.names?.at(-1) === "jsonb" && !type.arrayBounds?.length;
        },
      );
    });
    return next === (statement as unknown) ? undefined : [{ node: next as never }];
  },
  on: (takes) => [
    takes("UpdateStmt", ["relation", "targetList"], (readable, ctx) => {
      const update = readable as UpdateStmt;
      const next = update.relation && withElementsSet(update, update.relation, ctx);
      return next && (next === "other" ? ctx.drop("other") : ctx.replace(next));
    }),
    takes("OnConflictClause", ["targetList"], (readable, ctx) => {
      const clause = readable as NodeOf<"OnConflictClause">;
      const relation = ctx.within("InsertStmt")?.relation;
      const next = relation && withElementsSet(clause, relation, ctx);
      return next && (next === "other" ? ctx.report("other") : ctx.replace(next));
    }),
  ],
  examples: [
    {
      given: `CREATE TABLE t (id int PRIMARY KEY, a int[], w text[], j jsonb);
INSERT INTO t VALUES (1, '{1,2,3}', '{x}', '{"k": {"m": 1}}'), (2, '{}', NULL, NULL), (3, '{1,NULL}', '{x,NULL,z}', '{}')`,
      pg: `UPDATE t SET a[1] = id + 5, w[1] = 'y', w[2] = NULL; UPDATE t SET j['k']['n'] = '"v"', j['q'] = to_jsonb(id);
UPDATE t SET a[5] = 9, w[2:3] = '{p,q}' WHERE id = 1; INSERT INTO t (id) VALUES (2) ON CONFLICT (id) DO UPDATE SET a[1] = excluded.id`,
      tidb: `UPDATE t
SET
  a = JSON_SET(COALESCE(t.a, JSON_ARRAY()), '$[0]', id + 5),
  w = JSON_SET(CASE WHEN JSON_LENGTH(JSON_SET(COALESCE(t.w, JSON_ARRAY()), '$[0]', 'y')) >= 1 THEN JSON_SET(COALESCE(t.w, JSON_ARRAY()), '$[0]', 'y') ELSE JSON_EXTRACT(JSON_MERGE_PRESERVE(COALESCE(JSON_SET(COALESCE(t.w, JSON_ARRAY()), '$[0]', 'y'), JSON_ARRAY()), JSON_ARRAY(NULL)), '$[0 to 0]') END, '$[1]', NULL);
UPDATE t
SET
  j = JSON_SET(COALESCE(JSON_SET(COALESCE(t.j, CAST('{}' AS JSON)), '$."k"', JSON_SET(COALESCE(JSON_EXTRACT(t.j, '$."k"'), CAST('{}' AS JSON)), '$."n"', COALESCE(CAST('"v"' AS JSON), CAST('null' AS JSON)))), CAST('{}' AS JSON)), '$."q"', COALESCE(CAST(id AS JSON), CAST('null' AS JSON)));
UPDATE t
SET
  a = JSON_SET(CASE WHEN JSON_LENGTH(t.a) >= 4 THEN t.a ELSE JSON_EXTRACT(JSON_MERGE_PRESERVE(COALESCE(t.a, JSON_ARRAY()), JSON_ARRAY(NULL, NULL, NULL, NULL)), '$[0 to 3]') END, '$[4]', 9),
  w = JSON_SET(JSON_SET(CASE WHEN JSON_LENGTH(t.w) >= 1 THEN t.w ELSE JSON_EXTRACT(JSON_MERGE_PRESERVE(COALESCE(t.w, JSON_ARRAY()), JSON_ARRAY(NULL)), '$[0 to 0]') END, '$[1]', JSON_EXTRACT(CAST('["p","q"]' AS JSON), '$[0]')), '$[2]', JSON_EXTRACT(CAST('["p","q"]' AS JSON), '$[1]'))
WHERE id = 1;
INSERT INTO t (id)
VALUES (2)
ON DUPLICATE KEY UPDATE a = JSON_SET(COALESCE(t.a, JSON_ARRAY()), '$[0]', VALUES(id))`,
      findings: ["places", "kind", "kind", "places", "places"],
      rejected: { sql: "UPDATE t SET a[1] = 5", code: 1064 },
    },
    {
      given:
        "CREATE TABLE t (id int PRIMARY KEY, a int[], b int[], j jsonb); INSERT INTO t VALUES (1, '{1,2,3}', '{7,8}', '{}'), (2, NULL, '{}', NULL)",
      pg: "UPDATE t SET a[1:2] = ARRAY[id, NULL, 5]; UPDATE t SET b[1] = 4, j['k'] = '5'",
      tidb: `UPDATE t
SET
  a = JSON_SET(JSON_SET(COALESCE(t.a, JSON_ARRAY()), '$[0]', JSON_EXTRACT(JSON_ARRAY(id, NULL, 5), '$[0]')), '$[1]', JSON_EXTRACT(JSON_ARRAY(id, NULL, 5), '$[1]'));
UPDATE t
SET
  b = JSON_SET(COALESCE(t.b, JSON_ARRAY()), '$[0]', 4),
  j = JSON_SET(COALESCE(t.j, CAST('{}' AS JSON)), '$."k"', COALESCE(CAST('5' AS JSON), CAST('null' AS JSON)))`,
      findings: ["kind"],
    },
    {
      given: "CREATE TABLE t (id int PRIMARY KEY, a int[], b int[])",
      pg: "UPDATE t SET a[id] = 5; UPDATE t SET a[1:3] = '{1,2}'; UPDATE t SET a[1:2] = b; UPDATE t SET a[1:2] = '{{1,2},{3,4}}'; UPDATE t SET a[1:2] = NULL",
      tidb: null,
      findings: ["other", "other", "other", "other", "other"],
      rejected: { sql: "UPDATE t SET a[1] = 5", code: 1064 },
    },
  ],
});

type Clause = UpdateStmt | NodeOf<"OnConflictClause"> | NodeOf<"MergeWhenClause">;
type Ctx = Context<"places" | "other">;

/** Places that NULLs are written out for. */
const FAR = 100;

function written(around: readonly Node[]): RangeVar | undefined {
  return (around.findLast(({ kind }) => kind === "InsertStmt" || kind === "MergeStmt") as { relation?: RangeVar } | undefined)?.relation;
}

const stepsOf = ({ indirection = [] }: ResTarget): readonly A_Indices[] => indirection.flatMap((step) => as("A_Indices", step) ?? []);

function columnType({ name = "" }: ResTarget, relation: RangeVar, ctx: Pick<Context, "catalog">): TypeName | undefined {
  return find(ctx.catalog, ctx.catalog.tables, relationName(relation))?.columns.get(name)?.type;
}

/**
 * The clause with whole values for columns that it sets parts of, each once.
 * @param make gives the value, over that which the column has by then; undefined: the clause stays
 * @param isMeant whether a target is one of those; the others stay
 */
function targetsWith(
  clause: Clause,
  make: (target: ResTarget, now: (relation: RangeVar) => Value) => Value | Tidb | undefined,
  ctx: Pick<Context, "change" | "consumed">,
  isMeant: (target: ResTarget) => boolean = () => true,
): Node | undefined {
  const values = new Map<string, Value>();
  const targets = nodesOf("ResTarget", clause.targetList);
  for (const target of targets) {
    const { name = "", val } = target;
    if (stepsOf(target).length === 0 || val === undefined || !isMeant(target)) continue;
    const now = (relation: RangeVar): Value =>
      values.get(name) ?? { kind: "ColumnRef", fields: [relation.alias?.aliasname ?? relation.relname!, name] };
    const value = make(target, now);
    if (value === undefined) return undefined;
    // What is set once more stands in copies.
    if (values.has(name)) for (const earlier of targets) if (earlier.name === name && earlier.val !== undefined) ctx.consumed(earlier.val);
    values.set(name, value as Value);
  }
  if (values.size === 0) return undefined;
  const done = new Set<string>();
  const targetList = targets.flatMap((target): ResTarget[] => {
    const value = values.get(target.name ?? "");
    if (value === undefined) return [target];
    for (const step of target.indirection ?? []) ctx.consumed(step);
    if (done.has(target.name!)) {
      ctx.consumed(target);
      return [];
    }
    done.add(target.name!);
    return [ctx.change(target, { indirection: undefined, val: value }) as ResTarget];
  });
  return ctx.change(clause as never, { targetList } as never) as Node;
}

/** The place of the first element that is set, counted from 1; undefined where it is no such literal. */
function first({ is_slice, lidx, uidx }: A_Indices): number | undefined {
  const place = is_slice && lidx === undefined ? 1 : as("A_Const", is_slice ? lidx : uidx)?.ival;
  return place !== undefined && place > 0 && place <= FAR ? place : undefined;
}

/** The clause with whole arrays; "other" where a part is set that cannot be told. */
function withElementsSet(clause: Clause, relation: RangeVar, ctx: Ctx): Node | "other" | undefined {
  if (!nodesOf("ResTarget", clause.targetList).some(({ indirection }) => indirection?.length)) return undefined;
  const said: (readonly [string, number])[] = [];
  const next = targetsWith(
    clause,
    (target, now) => {
      const type = columnType(target, relation, ctx);
      const [step, more] = stepsOf(target);
      const from = step && first(step);
      const to = step?.is_slice ? as("A_Const", step.uidx)?.ival : from;
      if (more || from === undefined || to === undefined || to < from || to > FAR || type?.arrayBounds?.length !== 1) return undefined;
      // PostgreSQL raises an error where there are not enough elements; NULL for a slice changes nothing there.
      if (step!.is_slice && (elementsOf(target.val) ?? 0) < to - from + 1) return undefined;
      const element = step!.is_slice ? undefined : asElement(target.val!, String(type.names?.at(-1)));
      if (!step!.is_slice && element === undefined) return undefined;
      if (from > 1) said.push([target.name!, from]);
      return withElements(now(relation), from, to, element ?? target.val!, step!.is_slice ?? false);
    },
    ctx,
  );
  if (!next) return "other";
  for (const [column, place] of said) ctx.report("places", { column, place });
  return next;
}

/** The number of elements of a literal array of one dimension; undefined for all else. */
function elementsOf(value: Value | undefined): number | undefined {
  const listed = as("A_ArrayExpr", value)?.elements;
  if (listed) return listed.some((element) => as("A_ArrayExpr", element)) ? undefined : listed.length;
  const text = literalText(as("TypeCast", value)?.arg ?? value);
  const json = text === undefined ? undefined : arrayToJson(text, JSON.stringify);
  const elements = json === undefined ? undefined : (JSON.parse(json) as unknown[]);
  return elements?.some(Array.isArray) ? undefined : elements?.length;
}

/** A value as an element of JSON. */
function asElement(value: Value, type: string): Value | Tidb | undefined {
  const { sval, isnull } = as("A_Const", value) ?? {};
  if (isnull || /^(?:text|varchar|uuid)$/.test(type)) return value;
  if (type === "bool") return tidb`CASE WHEN ${value} THEN CAST('true' AS JSON) WHEN NOT ${value} THEN CAST('false' AS JSON) END`;
  if (/^(?:date|time|timestamp)$/.test(type)) return tidb`CAST(${value} AS CHAR)`;
  if (!/^int[248]$|^float8$/.test(type)) return undefined;
  return sval === undefined ? value : tidb`CAST(${value} AS ${raw(type === "float8" ? "DOUBLE" : "SIGNED")})`;
}

/** The array with elements set; one that has too few before them is filled up with NULLs. */
function withElements(now: Value, from: number, to: number, value: Value | Tidb, slice: boolean): Tidb {
  const nulls = raw(Array.from({ length: from - 1 }, () => "NULL").join(", "));
  const enough = infix("comparison")`JSON_LENGTH(${now}) >= ${raw(String(from - 1))}`;
  const filled = tidb`JSON_EXTRACT(JSON_MERGE_PRESERVE(COALESCE(${now}, JSON_ARRAY()), JSON_ARRAY(${nulls})), ${raw(`'$[0 to ${from - 2}]'`)})`;
  const start = from === 1 ? tidb`COALESCE(${now}, JSON_ARRAY())` : tidb`CASE WHEN ${enough} THEN ${now} ELSE ${filled} END`;
  let set = start;
  for (let place = from; place <= to; place++) {
    const element = slice ? tidb`JSON_EXTRACT(${value}, ${raw(`'$[${place - from}]'`)})` : value;
    set = tidb`JSON_SET(${set}, ${raw(`'$[${place - 1}]'`)}, ${element})`;
  }
  return set;
}

/** A key of a document; SQL's NULL is null there. */
function withKey(now: Value, [step, ...more]: readonly A_Indices[], value: Value): Value | undefined {
  const key = step?.is_slice ? undefined : as("A_Const", step?.uidx)?.sval;
  if (key === undefined || /^-?\d+$/.test(key)) return undefined;
  const or = (document: Value, instead: string): Value =>
    ({ kind: "CoalesceExpr", args: [document, { kind: "TypeCast", arg: text(instead), typeName: JSONB }] }) as Value;
  const inner = more.length === 0 ? or(value, "null") : withKey(operation("->", unplaced(now), text(key)), more, value);
  const path = text(`{"${key.replaceAll(/["\\]/g, "\\$&")}"}`);
  return inner && functionCall("jsonb_set", [or(unplaced(now), "{}"), path, inner]);
}

const JSONB = { kind: "TypeName", names: ["jsonb"], typemod: -1 } as const;
const text = (sval: string): Value => ({ kind: "A_Const", sval });
