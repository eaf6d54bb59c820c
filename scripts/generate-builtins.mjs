// Generates src/catalog/builtin/postgres.ts: PostgreSQL's types, functions, operators, casts and catalog relations, as a real PostgreSQL
// (PGlite) has them, for each extension what it adds.
// Run: npm install --no-save --legacy-peer-deps @electric-sql/pglite-pgvector && node scripts/generate-builtins.mjs
// (again whenever PGlite brings another PostgreSQL)
import { writeFileSync } from "node:fs";
import { PGlite } from "@electric-sql/pglite";
import { vector } from "@electric-sql/pglite-pgvector";

/** Extensions whose types, functions or operators stand in applications' SQL, by the module that PGlite has them in. */
const EXTENSIONS = {
  citext: "citext",
  hstore: "hstore",
  ltree: "ltree",
  pg_trgm: "pg_trgm",
  pgcrypto: "pgcrypto",
  "uuid-ossp": "uuid_ossp",
  vector,
  btree_gist: "btree_gist",
  btree_gin: "btree_gin",
  cube: "cube",
  earthdistance: "earthdistance",
  fuzzystrmatch: "fuzzystrmatch",
  intarray: "intarray",
  isn: "isn",
  seg: "seg",
  tablefunc: "tablefunc",
  unaccent: "unaccent",
};

/** Types of what only the server itself calls: no expression can name a value of them. */
const INTERNAL = `internal cstring language_handler fdw_handler index_am_handler tsm_handler table_am_handler event_trigger pg_ddl_command trigger`;

const modules = {};
for (const [name, module] of Object.entries(EXTENSIONS))
  modules[name.replaceAll("-", "_")] =
    typeof module === "string" ? (await import(`@electric-sql/pglite/contrib/${module}`))[module] : module;

const db = await PGlite.create({ extensions: modules });
for (const name of Object.keys(EXTENSIONS)) await db.exec(`CREATE EXTENSION IF NOT EXISTS "${name}" CASCADE`);
const rows = async (sql) => (await db.query(sql)).rows;

/** The extension that an object belongs to, "" for PostgreSQL itself; null for what it makes only for itself. */
const owner = (catalog) => `coalesce((SELECT e.extname FROM pg_depend d JOIN pg_extension e ON e.oid = d.refobjid
  WHERE d.classid = '${catalog}'::regclass AND d.objid = o.oid AND d.deptype = 'e'), '')`;

const typeRows = await rows(`SELECT o.oid, o.typname AS name, o.typcategory AS category, o.typispreferred AS preferred, o.typtype AS kind,
    CASE WHEN EXISTS (SELECT FROM pg_type e WHERE e.typarray = o.oid) THEN o.typelem ELSE 0 END AS element,
    o.typelem AS part, o.typbasetype AS base, r.rngsubtype AS subtype, r.rngmultitypid AS multi, ${owner("pg_type")} AS extension
  FROM pg_type o LEFT JOIN pg_range r ON r.rngtypid = o.oid ORDER BY o.typname`);
const byOid = new Map(typeRows.map((type) => [type.oid, type]));

function typeName(oid) {
  const type = byOid.get(oid);
  return type.element ? `${typeName(type.element)}[]` : type.name;
}

/** Lines by extension and section. */
const out = new Map();
function add(extension, section, line) {
  if (!out.has(extension)) out.set(extension, { types: [], functions: [], operators: [], casts: [], relations: [] });
  out.get(extension)[section].push(line);
}

for (const type of typeRows) {
  if (type.element || type.kind === "c") continue;
  const more =
    type.kind === "r"
      ? [typeName(type.subtype), typeName(type.multi)]
      : type.base
        ? [typeName(type.base)]
        : type.part
          ? [typeName(type.part)]
          : [];
  add(type.extension, "types", [type.name, type.category + (type.preferred ? "*" : ""), type.kind, ...more].join(" "));
}

const internal = INTERNAL.split(" ")
  .map((name) => `'${name}'::regtype`)
  .join();
const functions =
  await rows(`SELECT o.proname AS name, o.proargtypes::text AS args, o.proallargtypes AS all, o.proargmodes::text[] AS modes,
    o.proargnames AS names, o.prorettype AS result, o.proretset AS "set", o.provariadic <> 0 AS variadic, o.pronargdefaults AS defaults,
    CASE WHEN o.prokind = 'a' AND a.aggkind <> 'n' THEN a.aggkind::text ELSE o.prokind::text END AS kind,
    o.provolatile AS volatility, o.proisstrict AS strict, ${owner("pg_proc")} AS extension
  FROM pg_proc o LEFT JOIN pg_aggregate a ON a.aggfnoid = o.oid
  WHERE NOT (o.proargtypes::oid[] && ARRAY[${internal}]::oid[]) AND o.prorettype <> ALL (ARRAY[${internal}]::oid[])
    AND o.pronamespace = ANY (ARRAY['pg_catalog', 'public']::regnamespace[])
  ORDER BY o.proname, o.pronargs, o.oid`);

const grouped = new Map();
for (const f of functions) {
  const args = f.args === "" ? [] : f.args.split(" ").map(Number);
  const inputs = f.modes ? f.modes.flatMap((mode, i) => (mode === "o" || mode === "t" ? [] : [i])) : args.map((_, i) => i);
  const named = (type, name) => (name ? `${name}=${typeName(type)}` : typeName(type));
  const outputs = f.modes ? f.modes.flatMap((mode, i) => (mode === "i" || mode === "v" ? [] : [named(f.all[i], f.names?.[i])])) : [];
  const flags = `${f.kind}${f.volatility}${f.strict ? "!" : ""}${f.set ? "*" : ""}${f.variadic ? "V" : ""}${f.defaults || ""}`;
  const signature = `${flags} ${args.map((type, i) => named(type, f.names?.[inputs[i]])).join()}>${typeName(f.result)}${
    outputs.length > 0 ? `>${outputs.join()}` : ""
  }`;
  const key = `${f.extension}\t${f.name}`;
  grouped.set(key, [...(grouped.get(key) ?? []), signature]);
}
for (const [key, signatures] of grouped) {
  const [extension, name] = key.split("\t");
  add(extension, "functions", `${name} ${signatures.join("|")}`);
}

const operators =
  await rows(`SELECT o.oprname AS name, o.oprleft AS left, o.oprright AS right, o.oprresult AS result, p.proname AS function,
    p.provolatile AS volatility, p.proisstrict AS strict, ${owner("pg_operator")} AS extension
  FROM pg_operator o JOIN pg_proc p ON p.oid = o.oprcode ORDER BY o.oprname, o.oid`);
const byName = new Map();
for (const o of operators) {
  const key = `${o.extension}\t${o.name}`;
  const left = o.left ? typeName(o.left) : "";
  const line = `${o.volatility}${o.strict ? "!" : ""} ${left},${typeName(o.right)}>${typeName(o.result)}>${o.function}`;
  byName.set(key, [...(byName.get(key) ?? []), line]);
}
for (const [key, lines] of byName) {
  const [extension, name] = key.split("\t");
  add(extension, "operators", `${name} ${lines.join(" ; ")}`);
}

for (const cast of await rows(`SELECT o.castsource AS source, o.casttarget AS target, o.castcontext AS context, o.castmethod AS method,
    ${owner("pg_cast")} AS extension FROM pg_cast o ORDER BY o.castsource::regtype::text, o.casttarget::regtype::text`))
  add(cast.extension, "casts", `${typeName(cast.source)} ${typeName(cast.target)} ${cast.context}${cast.method}`);

const relations = await rows(`SELECT n.nspname AS schema, c.relname AS name,
    array_agg(a.attname || ' ' || a.atttypid || CASE WHEN a.attnotnull THEN ' !' ELSE '' END ORDER BY a.attnum) AS columns
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0
  WHERE c.relkind IN ('r', 'v') AND n.nspname IN ('pg_catalog', 'information_schema') GROUP BY 1, 2 ORDER BY 1, 2`);
for (const { schema, name, columns } of relations)
  add(
    "",
    "relations",
    `${schema}.${name} ${columns
      .map((column) => column.split(" "))
      .map(([attribute, type, notNull]) => `${attribute}=${typeName(Number(type))}${notNull ?? ""}`)
      .join()}`,
  );

const version = (await rows("SHOW server_version"))[0].server_version.split(" ")[0];
const text = [...out]
  .map(([extension, sections]) => {
    const lines = Object.entries(sections).map(([section, list]) => `    ${section}: ${JSON.stringify(list.join("\n"))},`);
    return `  ${JSON.stringify(extension)}: {\n${lines.join("\n")}\n  },`;
  })
  .join("\n");
writeFileSync(
  new URL("../src/catalog/builtin/postgres.ts", import.meta.url),
  `// Generated by scripts/generate-builtins.mjs from PostgreSQL ${version}. Do not edit. How lines read: src/catalog/builtin/table.ts.
interface Sections {
  readonly types: string;
  readonly functions: string;
  readonly operators: string;
  readonly casts: string;
  readonly relations: string;
}

/** What PostgreSQL itself ("") and its extensions bring. */
export const POSTGRES: Readonly<Record<string, Sections>> = {
${text}
};
`,
);
await db.close();
