import { error, identifier, nodesOf, note, optionsOf, rule, type Value } from "../../src/rule.js";

export default rule({
  construct: "roles and users",
  why: `Users and roles belong to the whole server, not to a schema, and have other attributes in TiDB: a role cannot log in, a user has a host, and
a role that a user has is in force only once it is made a default (or by SET ROLE). What the statements come to is told as TiDB's own, without the
passwords, and not done: a check of the output would leave them behind on the server.`,
  docs: {
    pg: "https://www.postgresql.org/docs/current/sql-createrole.html",
    tidb: "https://docs.pingcap.com/tidb/stable/role-based-access-control",
  },
  messages: {
    told: error("{what} is not in the output: users and roles belong to the server", {
      help: "on the server, as its administrator: {sql}",
    }),
    settings: error("settings of {name} are not in the output: TiDB has none for users and roles", {
      help: "set what the application relies on where it connects: pg2tidb session prints the session that the output needs",
    }),
    attributes: note("nothing of what is changed of {name} has a counterpart in TiDB"),
    owned: error("DROP OWNED is not in the output: TiDB's objects have no owners", {
      help: "drop what {name} owned by its name, and REVOKE ALL PRIVILEGES, GRANT OPTION FROM {name}",
    }),
    reassigned: note("REASSIGN OWNED is left away: TiDB has privileges, no owners"),
  },
  on: (takes) => [
    takes("CreateRoleStmt", ["stmt_type", "role", "options"], ({ stmt_type, role = "", options }, ctx) => {
      const has = optionsOf(options);
      const login = has.has("canlogin") ? has.get("canlogin") === true : stmt_type === "ROLESTMT_USER";
      const name = identifier(role);
      const limit = has.get("connectionlimit");
      const most = login && typeof limit === "number" && limit >= 0 ? ` WITH MAX_USER_CONNECTIONS ${limit}` : "";
      const made = login ? `CREATE USER ${name} IDENTIFIED BY '…'${most}` : `CREATE ROLE ${name}`;
      const given = rolesOf(has.get("addroleto"));
      const members = [...rolesOf(has.get("rolemembers")), ...rolesOf(has.get("adminmembers"))];
      const sql = [
        made,
        ...(given.length > 0 ? granting(given, [role]) : []),
        ...(members.length > 0 ? granting([role], members) : []),
        ...(has.get("superuser") === true ? [`GRANT ALL PRIVILEGES ON *.* TO ${name}`] : []),
        ...(has.get("createrole") === true ? [`GRANT CREATE USER, CREATE ROLE ON *.* TO ${name}`] : []),
        ...(has.get("createdb") === true ? [`GRANT CREATE ON *.* TO ${name}`] : []),
      ];
      return ctx.drop("told", { what: `${login ? "user" : "role"} ${role}`, sql: sql.join("; ") });
    }),
    takes("AlterRoleStmt", ["role", "options", "action"], ({ role, options, action }, ctx) => {
      const has = optionsOf(options);
      const name = role?.rolename ?? "the current user";
      const own = role?.rolename === undefined ? "USER()" : identifier(name);
      const members = rolesOf(has.get("rolemembers"));
      const login = has.get("canlogin");
      const sql = [
        ...(has.has("password") ? [`ALTER USER ${own} IDENTIFIED BY '…'`] : []),
        ...(login === undefined ? [] : [`ALTER USER ${own} ACCOUNT ${login === true ? "UNLOCK" : "LOCK"}`]),
        ...(members.length > 0 ? granting([name], members, action !== -1) : []),
        ...(has.get("superuser") === true ? [`GRANT ALL PRIVILEGES ON *.* TO ${own}`] : []),
      ];
      return sql.length > 0 ? ctx.drop("told", { what: `a change of ${name}`, sql: sql.join("; ") }) : ctx.drop("attributes", { name });
    }),
    takes("AlterRoleSetStmt", ["role"], ({ role }, ctx) => ctx.drop("settings", { name: role?.rolename ?? "all roles" })),
    takes("DropRoleStmt", ["roles", "missing_ok"], ({ roles, missing_ok }, ctx) => {
      const named = rolesOf(roles);
      const sql = `DROP USER ${missing_ok ? "IF EXISTS " : ""}${list(named)}`;
      return ctx.drop("told", { what: `DROP of ${named.join(", ")}`, sql });
    }),
    takes("GrantRoleStmt", ["granted_roles", "grantee_roles", "is_grant"], ({ granted_roles, grantee_roles, is_grant }, ctx) => {
      const granted = nodesOf("AccessPriv", granted_roles).map(({ priv_name = "" }) => priv_name);
      const sql = granting(granted, rolesOf(grantee_roles), is_grant === true).join("; ");
      return ctx.drop("told", { what: `${is_grant ? "GRANT" : "REVOKE"} of ${granted.join(", ")}`, sql });
    }),
    takes("RenameStmt", ["renameType", "relationType", "subname", "newname"], ({ renameType, subname = "", newname = "" }, ctx) => {
      if (renameType !== "OBJECT_ROLE") return;
      return ctx.drop("told", { what: `RENAME of ${subname}`, sql: `RENAME USER ${identifier(subname)} TO ${identifier(newname)}` });
    }),
    takes("DropOwnedStmt", ["roles"], ({ roles }, ctx) => ctx.drop("owned", { name: list(rolesOf(roles)) })),
    takes("ReassignOwnedStmt", [], (_, ctx) => ctx.drop("reassigned")),
  ],
  examples: [
    {
      pg: `CREATE ROLE reading;
CREATE USER ann PASSWORD 'x' IN ROLE reading CONNECTION LIMIT 5;
CREATE ROLE chief LOGIN SUPERUSER ROLE ann;
ALTER ROLE ann WITH PASSWORD 'y' NOLOGIN;
ALTER GROUP reading DROP USER ann;
ALTER ROLE ann INHERIT;
ALTER ROLE ann SET search_path = public;
GRANT reading TO ann WITH ADMIN OPTION;
REVOKE reading FROM ann;
ALTER ROLE ann RENAME TO anne;
DROP OWNED BY ann;
REASSIGN OWNED BY ann TO chief;
DROP ROLE IF EXISTS ann, chief`,
      tidb: null,
      findings: ["told", "told", "told", "told", "told", "attributes", "settings", "told", "told", "told", "owned", "reassigned", "told"],
      rejected: { sql: "CREATE ROLE app WITH LOGIN", code: 1064 },
    },
  ],
});

function rolesOf(value: Value | readonly Value[] | undefined): string[] {
  return Array.isArray(value) ? nodesOf("RoleSpec", value as readonly Value[]).map(({ rolename }) => rolename ?? "CURRENT_USER()") : [];
}

function list(names: readonly string[]): string {
  return names.map((name) => identifier(name)).join(", ");
}

/** A role that is granted is in force from the next session on, as in PostgreSQL, only where it is a default. */
function granting(roles: readonly string[], members: readonly string[], gives = true): string[] {
  if (!gives) return [`REVOKE ${list(roles)} FROM ${list(members)}`];
  return [`GRANT ${list(roles)} TO ${list(members)}`, `SET DEFAULT ROLE ALL TO ${list(members)}`];
}
