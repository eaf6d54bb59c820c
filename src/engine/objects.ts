import type { Finding } from "../finding.js";
import type { Node, Value } from "../pg/ast.js";
import { as, isNode, qualified } from "../pg/names.js";

/** Names of what a statement is about, by its kind; `at` is the place within it that is spoken of. */
type Namer = (node: never, at: number) => string | undefined;
type Of<K extends Node["kind"]> = Extract<Node, { kind: K }>;

function dotted({ schema, name }: { readonly schema: string | undefined; readonly name: string }): string {
  return schema === undefined || schema === "public" ? name : `${schema}.${name}`;
}

const relation = (node: { readonly relation?: Of<"RangeVar"> }): string | undefined =>
  node.relation && dotted({ schema: node.relation.schemaname, name: node.relation.relname ?? "" });
const listed = (parts: readonly Value[] | undefined) => (parts ? dotted(qualified(parts)) : undefined);

/** What stands at a place in the list of a table's elements or changes: a column of the table, or a constraint with a name. */
function element(table: string | undefined, list: readonly Value[] | undefined, at: number): string | undefined {
  let found: Value | undefined;
  let nearest = -1;
  for (const item of list ?? []) {
    const start = placeOf(item);
    if (start === undefined || start > at || start < nearest) continue;
    found = item;
    nearest = start;
  }
  const cmd = as("AlterTableCmd", found);
  const inner = cmd?.def ?? found;
  const column = as("ColumnDef", inner)?.colname ?? cmd?.name;
  const constraint = as("Constraint", inner)?.conname;
  return constraint ?? (column === undefined || table === undefined ? table : `${table}.${column}`);
}

/** Where a node begins; that of a change is that of what it adds. */
function placeOf(value: Value | undefined): number | undefined {
  if (!isNode(value)) return undefined;
  return (value as { location?: number }).location ?? placeOf(as("AlterTableCmd", value)?.def);
}

const NAMERS: Readonly<Record<string, Namer>> = {
  CreateStmt: (node: Of<"CreateStmt">, at: number) => element(relation(node), node.tableElts, at),
  AlterTableStmt: (node: Of<"AlterTableStmt">, at: number) =>
    node.cmds?.length === 1 ? element(relation(node), node.cmds, Number.POSITIVE_INFINITY) : element(relation(node), node.cmds, at),
  IndexStmt: (node: Of<"IndexStmt">) => node.idxname ?? relation(node),
  ViewStmt: (node: Of<"ViewStmt">) => node.view && relation({ relation: node.view }),
  CreateSeqStmt: (node: Of<"CreateSeqStmt">) => node.sequence && relation({ relation: node.sequence }),
  AlterSeqStmt: (node: Of<"AlterSeqStmt">) => node.sequence && relation({ relation: node.sequence }),
  CreateTrigStmt: (node: Of<"CreateTrigStmt">) => node.trigname,
  CreatePolicyStmt: (node: Of<"CreatePolicyStmt">) => node.policy_name,
  CreateFunctionStmt: (node: Of<"CreateFunctionStmt">) => listed(node.funcname),
  CreateEnumStmt: (node: Of<"CreateEnumStmt">) => listed(node.typeName),
  AlterEnumStmt: (node: Of<"AlterEnumStmt">) => listed(node.typeName),
  CreateDomainStmt: (node: Of<"CreateDomainStmt">) => listed(node.domainname),
  CreateExtensionStmt: (node: Of<"CreateExtensionStmt">) => node.extname,
  CreateSchemaStmt: (node: Of<"CreateSchemaStmt">) => node.schemaname,
  CreateRoleStmt: (node: Of<"CreateRoleStmt">) => node.role,
  CommentStmt: (node: Of<"CommentStmt">) =>
    Array.isArray(node.object) ? node.object.filter((p) => typeof p === "string").join(".") : undefined,
  RenameStmt: (node: Of<"RenameStmt">) => relation(node),
  InsertStmt: (node: Of<"InsertStmt">) => relation(node),
  UpdateStmt: (node: Of<"UpdateStmt">) => relation(node),
  DeleteStmt: (node: Of<"DeleteStmt">) => relation(node),
};

/** Statements that are read without a tree. */
const ROWS = /^\s*(?:INSERT\s+INTO|\\?COPY)\s+((?:"[^"]*"|[\w$.])+)/i;

/** The table whose rows a statement brings. */
export function rowsOf(text: string): string | undefined {
  return ROWS.exec(text)?.[1]
    ?.replaceAll('"', "")
    .replace(/^public\./, "");
}

/** Findings with the name of what each is about, as far as its statement tells. */
export function named(findings: readonly Finding[], node: Node | undefined, text: string): readonly Finding[] {
  if (findings.length === 0) return findings;
  const rows = node ? undefined : rowsOf(text);
  return findings.map((finding) => {
    if (finding.object !== undefined) return finding;
    const object = node ? NAMERS[node.kind]?.(node as never, finding.span.start) : rows;
    return object === undefined || object === "" ? finding : { ...finding, object };
  });
}
