import { type Context, error, type GrantStmt, identifier, type Name, nodesOf, note, relationName, rule } from "../../src/rule.js";

type Message = "same" | "default" | "everybody" | "database" | "needless" | "nobody" | "functions" | "none" | "lost";
type Ctx = Context<Message>;

export default rule({
  construct: "GRANT, REVOKE and default privileges",
  why: `TiDB's privileges are MySQL's: granted on a database, a table or columns to users and roles, which belong to the whole server and must be
there (error 1410). What a schema's grants come to is told as TiDB's own statements, and not done: a check of the output would leave roles behind on
the server. Numbers are drawn from a sequence with the privilege for INSERT on it, also where a column's default draws them; what is granted on a
database holds for tables that are made later.`,
  docs: {
    pg: "https://www.postgresql.org/docs/current/sql-grant.html",
    tidb: "https://docs.pingcap.com/tidb/stable/sql-statement-grant-privileges",
  },
  messages: {
    same: error("{what} is not in the output: users and roles belong to the server", {
      help: "once they are there, in the database of the tables: {sql}",
    }),
    default: error("default privileges are not in the output: TiDB has none for what is made later but those on the whole database", {
      help: "where all of the database's tables may be meant, now and later: {sql}",
    }),
    everybody: error("{what} to PUBLIC is not in the output: TiDB gives privileges to users and roles one by one", {
      help: "for each that needs it: {sql}",
    }),
    database: error("{what} is not in the output: users and roles belong to the server", { help: "{sql}" }),
    needless: note("TiDB asks for no privilege on a {what}: those on tables are enough"),
    nobody: note("there is nothing to revoke: TiDB gives no privilege to everybody by itself"),
    functions: note("there is nothing to grant or revoke: functions are not in the output"),
    none: note("there is nothing to grant or revoke: no such relation made so far is in schema {schema}"),
    lost: error("privileges on a {what} are not in the output: TiDB has none", {
      help: "what guards it must be in the application, or in the way the server is reached",
    }),
  },
  on: (takes) => [
    takes("GrantStmt", [], (readable, ctx) => {
      // ALTER DEFAULT PRIVILEGES holds a GRANT.
      if (ctx.within("AlterDefaultPrivilegesStmt")) return;
      const grant = readable as unknown as GrantStmt;
      const [message, data] = judged(grant, ctx);
      return ctx.drop(message, data);
    }),
    takes("AlterDefaultPrivilegesStmt", ["action"], ({ action }, ctx) => {
      if (action && FUNCTIONS.has(action.objtype ?? "")) return ctx.drop("functions");
      if (!action || !RELATIONS.has(action.objtype ?? "")) return ctx.drop("needless", { what: words(action?.objtype) });
      return ctx.drop("default", { sql: sqlOf(action, ["*"], names(action)) });
    }),
  ],
  examples: [
    {
      given: "CREATE TABLE t (a int, b int); CREATE TABLE sales.u (a int); CREATE VIEW sales.v AS SELECT a FROM sales.u; CREATE SEQUENCE s",
      pg: `GRANT SELECT, UPDATE (a, b), TRUNCATE ON TABLE t, sales.u TO app WITH GRANT OPTION;
REVOKE ALL ON ALL TABLES IN SCHEMA sales FROM app, "x y";
GRANT USAGE ON SEQUENCE s TO app;
GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA hr TO app;
GRANT USAGE ON SCHEMA public TO app;
GRANT CREATE ON SCHEMA public TO app;
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT SELECT ON t TO PUBLIC`,
      tidb: null,
      findings: ["same", "same", "same", "none", "needless", "database", "nobody", "everybody"],
      rejected: { sql: "GRANT SELECT ON t TO nobody_yet", code: 1410 },
    },
    {
      pg: `GRANT EXECUTE ON FUNCTION f() TO app;
GRANT USAGE ON FOREIGN SERVER far TO app;
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT ON TABLES TO app;
ALTER DEFAULT PRIVILEGES GRANT EXECUTE ON FUNCTIONS TO app;
ALTER DEFAULT PRIVILEGES GRANT USAGE ON TYPES TO app`,
      tidb: null,
      findings: ["functions", "lost", "default", "functions", "needless"],
      rejected: { sql: "ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO app", code: 1064 },
    },
  ],
});

/** TiDB's names of privileges, where they are not PostgreSQL's; undefined for those that it does not have. */
const TABLE_PRIVILEGES: Readonly<Record<string, string | undefined>> = { truncate: "DROP", maintain: undefined, trigger: undefined };
const SEQUENCE_PRIVILEGES: Readonly<Record<string, string | undefined>> = { usage: "INSERT", update: "INSERT", select: "SELECT" };
/** Those of ALL that TiDB has, without leave to change or drop the relation. */
const ALL: Readonly<Record<string, string>> = {
  OBJECT_TABLE: "SELECT, INSERT, UPDATE, DELETE, REFERENCES",
  OBJECT_SEQUENCE: "SELECT, INSERT",
};

const RELATIONS: ReadonlySet<string> = new Set(["OBJECT_TABLE", "OBJECT_SEQUENCE"]);
const FUNCTIONS: ReadonlySet<string> = new Set(["OBJECT_FUNCTION", "OBJECT_PROCEDURE", "OBJECT_ROUTINE"]);
/** Objects that TiDB asks for no privilege on. */
const FREE: ReadonlySet<string> = new Set(["OBJECT_SCHEMA", "OBJECT_DATABASE", "OBJECT_TYPE", "OBJECT_DOMAIN", "OBJECT_LANGUAGE"]);

function words(constant: string | undefined): string {
  return (constant ?? "").replace("OBJECT_", "").replaceAll("_", " ").toLowerCase();
}

function names(grant: GrantStmt): (string | undefined)[] {
  return nodesOf("RoleSpec", grant.grantees).map(({ rolename }) => rolename);
}

function judged(grant: GrantStmt, ctx: Ctx): readonly [Message, Record<string, string>] {
  const { objtype = "", is_grant, targtype } = grant;
  const roles = names(grant);
  const privileges = nodesOf("AccessPriv", grant.privileges).map(({ priv_name = "" }) => priv_name);
  if (!is_grant && roles.every((name) => name === undefined)) return ["nobody", {}];
  if (FUNCTIONS.has(objtype)) return ["functions", {}];
  if (FREE.has(objtype)) {
    const makes =
      privileges.includes("create") || (privileges.length === 0 && (objtype === "OBJECT_SCHEMA" || objtype === "OBJECT_DATABASE"));
    const what = `${is_grant ? "GRANT" : "REVOKE"} CREATE on a ${words(objtype)}`;
    return makes ? ["database", { what, sql: statement(grant, "CREATE", "*", roles) }] : ["needless", { what: words(objtype) }];
  }
  if (!RELATIONS.has(objtype)) return ["lost", { what: words(objtype) }];
  const whole = targtype === "ACL_TARGET_ALL_IN_SCHEMA";
  const objects = whole ? inSchemas(grant, ctx) : nodesOf("RangeVar", grant.objects).map(relationName);
  if (objects.length === 0) return ["none", { schema: (grant.objects ?? []).join(", ") }];
  const own = objects.map((name) => ctx.catalog.inTidb?.(name) ?? identifier(name.name));
  const what = `${is_grant ? "GRANT" : "REVOKE"} on ${own.length > 3 ? `${own.length} relations` : own.join(", ")}`;
  return [roles.includes(undefined) ? "everybody" : "same", { what, sql: sqlOf(grant, own, roles) }];
}

/** What schemas hold that a GRANT on all of it is about, as far as it is in the output. */
function inSchemas({ objects, objtype }: GrantStmt, ctx: Ctx): Name[] {
  const schemas = new Set((objects ?? []).map(String));
  const { tables, sequences, views } = ctx.catalog;
  if (objtype === "OBJECT_SEQUENCE")
    return [...sequences.values()].filter(({ schema, node }) => schemas.has(schema) && node && !ctx.lost(node));
  const made = [...tables.values()].filter((table) => schemas.has(table.schema) && !table.partitionOf && !ctx.lost(table.node));
  const keys = [...views.keys()].map((k) => ({ schema: k.slice(0, k.indexOf(".")), name: k.slice(k.indexOf(".") + 1) }));
  return [...made, ...keys.filter((view) => schemas.has(view.schema) && !ctx.absent(view))];
}

function sqlOf(grant: GrantStmt, objects: readonly string[], roles: readonly (string | undefined)[]): string {
  const known = grant.objtype === "OBJECT_SEQUENCE" ? SEQUENCE_PRIVILEGES : TABLE_PRIVILEGES;
  const said = nodesOf("AccessPriv", grant.privileges).flatMap(({ priv_name = "", cols }) => {
    const name = priv_name in known ? known[priv_name] : priv_name.toUpperCase();
    if (name === undefined) return [];
    return `${name}${cols?.length ? ` (${cols.map((column) => identifier(String(column))).join(", ")})` : ""}`;
  });
  const privileges = grant.privileges?.length ? [...new Set(said)].join(", ") || "USAGE" : ALL[grant.objtype ?? ""]!;
  return objects.map((object) => statement(grant, privileges, object, roles)).join("; ");
}

function statement(
  { is_grant, grant_option }: GrantStmt,
  privileges: string,
  object: string,
  roles: readonly (string | undefined)[],
): string {
  const to = roles.map((name) => (name === undefined ? "…" : identifier(name))).join(", ");
  const option = grant_option && is_grant ? " WITH GRANT OPTION" : "";
  return `${is_grant ? "GRANT" : "REVOKE"} ${privileges} ON ${object} ${is_grant ? "TO" : "FROM"} ${to}${option}`;
}
