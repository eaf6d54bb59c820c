import type { AlterDomainStmt, CreateDomainStmt, Node, RenameStmt, TypeName, Value } from "../pg/ast.js";
import { as, literalText, nodesOf, qualified, typeName } from "../pg/names.js";
import { type Catalog, type Column, type Demand, type Domain, type DomainCheck, find, key } from "./model.js";
import { objectName } from "./naming.js";

/** The domain of a type and those below it, outermost first; none for arrays. */
export function domainsOf(catalog: Catalog, type: TypeName | undefined): Domain[] {
  if (!type || type.arrayBounds?.length) return [];
  const domain = find(catalog, catalog.domains, typeName(type));
  return domain ? [domain, ...domainsOf(catalog, domain.base)] : [];
}

interface Demanded {
  readonly checks: readonly DomainCheck[];
  readonly notNull: boolean;
  readonly default: Value | undefined;
}

function demanded(catalog: Catalog, type: TypeName | undefined): Demanded {
  const chain = domainsOf(catalog, type);
  return {
    checks: chain.flatMap((domain) => domain.checks),
    notNull: chain.some((domain) => domain.notNull),
    default: chain.find((domain) => domain.default !== undefined)?.default,
  };
}

export function createDomain(catalog: Catalog, node: CreateDomainStmt): void {
  const name = qualified(node.domainname ?? []);
  const own = key(catalog, name);
  // One that is over itself, as PostgreSQL has none, would be followed for ever.
  const bases = [node.typeName, ...domainsOf(catalog, node.typeName).map(({ base }) => base)];
  if (bases.some((base) => base && !base.arrayBounds?.length && key(catalog, typeName(base)) === own)) return;
  const constraints = nodesOf("Constraint", node.constraints);
  const checks: DomainCheck[] = [];
  for (const constraint of constraints)
    if (constraint.contype === "CONSTR_CHECK") checks.push(madeCheck(name.name, constraint.conname, constraint.raw_expr!, checks));
  catalog.domains.set(own, {
    name: name.name,
    base: node.typeName!,
    notNull: constraints.some((c) => c.contype === "CONSTR_NOTNULL"),
    checks,
    default: constraints.find((c) => c.contype === "CONSTR_DEFAULT")?.raw_expr,
  });
}

/** Without a name it gets the domain's (typecmds.c, domainAddCheckConstraint). */
function madeCheck(domain: string, name: string | undefined, expression: Value, others: readonly DomainCheck[]): DomainCheck {
  return { name: name ?? objectName(domain, undefined, "check", (n) => others.some((check) => check.name === n)), expression };
}

/** The letters of AlterDomainStmt.subtype (parsenodes.h). */
const ALTERED: Readonly<Record<string, (domain: Domain, node: AlterDomainStmt) => Domain>> = {
  T: (domain, { def }) => ({ ...domain, default: def }),
  N: (domain) => ({ ...domain, notNull: false }),
  O: (domain) => ({ ...domain, notNull: true }),
  C: (domain, { def }) => {
    const constraint = as("Constraint", def);
    if (constraint?.contype === "CONSTR_NOTNULL") return { ...domain, notNull: true };
    if (constraint?.raw_expr === undefined) return domain;
    return { ...domain, checks: [...domain.checks, madeCheck(domain.name, constraint.conname, constraint.raw_expr, domain.checks)] };
  },
  X: (domain, { name }) => ({ ...domain, checks: domain.checks.filter((check) => check.name !== name) }),
};

/** Changes a domain, and what it demands of the columns that have it or a domain over it. */
export function alterDomain(catalog: Catalog, node: AlterDomainStmt): void {
  const name = qualified(node.typeName ?? []);
  const domain = find(catalog, catalog.domains, name);
  const altered = domain && ALTERED[node.subtype ?? ""]?.(domain, node);
  if (!altered) return;
  const columns = [...catalog.tables.values()]
    .flatMap((table) => [...table.columns.values()])
    .filter((column) => domainsOf(catalog, column.type).includes(domain));
  const before = columns.map((column) => demanded(catalog, column.type));
  const own = key(catalog, name);
  catalog.domains.set(catalog.domains.has(own) ? own : `public.${name.name}`, altered);
  settle(
    catalog,
    node,
    columns.map((column, i) => changed(column, before[i]!, demanded(catalog, column.type))),
  );
}

export function renameDomainCheck(catalog: Catalog, node: RenameStmt, to: string): void {
  const domain = find(catalog, catalog.domains, qualified((node.object as readonly Value[] | undefined) ?? []));
  const check = domain?.checks.find(({ name }) => name === node.subname);
  if (check) check.name = to;
}

/** A column gets its type: what domains demand is the column's. */
export function demand(catalog: Catalog, column: Column, node: Node, before: TypeName | undefined): void {
  if (catalog.domains.size === 0) return;
  const old = demanded(catalog, before);
  const made = changed(column, old, demanded(catalog, column.type));
  if (old.checks.length + made.adds.length > 0 || made.notNull || made.default !== undefined || old.notNull || old.default !== undefined)
    settle(catalog, node, [made]);
}

/** Keeps what a statement changes. In the second pass the constraints that stand for it are known. */
function settle(catalog: Catalog, node: Node, demands: readonly Demand[]): void {
  catalog.demands.set(node, demands);
  const settled = catalog.settled?.get(node) ?? [];
  for (const [i, { column, drops }] of demands.entries()) {
    const { constraints } = column.table;
    for (const { name, demand } of [...constraints.values()]) if (demand && drops.includes(demand)) constraints.delete(name);
    for (const [j, made] of (settled[i]?.made ?? []).entries()) {
      const own = {
        ...made,
        table: column.table,
        columns: [column],
        names: [demands[i]!.name],
        demand: demands[i]!.adds[j]!,
      };
      constraints.set(own.name, own);
      catalog.constraintOf.set(own.node, own);
    }
  }
}

/** What was the old domain's becomes the new one's; the column's own stays. */
function changed(column: Column, before: Demanded, after: Demanded): Demand {
  const wasNull = !column.notNull;
  if (after.notNull) column.notNull = true;
  else if (before.notNull && !ownNotNull(column)) column.notNull = false;
  const follows = column.defaultNode === undefined && column.identity === undefined && column.default === before.default;
  if (follows) column.default = after.default;
  if (follows && literalText(after.default) !== undefined) column.history.literalDefault = true;
  return {
    column,
    name: column.name,
    adds: after.checks.filter((check) => !before.checks.includes(check)),
    drops: before.checks.filter((check) => !after.checks.includes(check)),
    notNull: after.notNull,
    default: after.default,
    changesNull: wasNull === column.notNull,
    changesDefault: follows && before.default !== after.default,
    made: [],
  };
}

const NOT_NULL: ReadonlySet<string> = new Set(["CONSTR_NOTNULL", "CONSTR_PRIMARY", "CONSTR_IDENTITY"]);

/** Whether the column is NOT NULL by itself, without its domain. */
function ownNotNull(column: Column): boolean {
  const last = column.changes
    .flatMap((change) => as("AlterTableCmd", change)?.subtype ?? [])
    .findLast((subtype) => subtype === "AT_SetNotNull" || subtype === "AT_DropNotNull");
  if (last !== undefined) return last === "AT_SetNotNull";
  const inKey = [...column.table.constraints.values()].some(({ type, columns }) => type === "primary" && columns.includes(column));
  return inKey || (column.def.constraints ?? []).some((item) => NOT_NULL.has(as("Constraint", item)?.contype ?? ""));
}
