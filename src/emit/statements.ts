import { find, isTemporary } from "../catalog/model.js";
import type { AlterTableCmd, IndexElem, Node, Value } from "../pg/ast.js";
import { as, isNode, qualified, relationName } from "../pg/names.js";
import { constraintWords, listAt } from "./constraints.js";
import { type Printer, type Printers, type Printing, prints } from "./printing.js";
import { identifier } from "./words.js";

/** One clause of ALTER TABLE; each declares the fields it carries. */
const ALTERATIONS: Readonly<Record<string, Printer>> = {
  AT_AddColumn: prints("AlterTableCmd", ["subtype", "def", "missing_ok"], (cmd, p) => {
    return `ADD COLUMN ${cmd.missing_ok ? "IF NOT EXISTS " : ""}${p.print(cmd.def)}`;
  }),
  AT_AddConstraint: prints("AlterTableCmd", ["subtype", "def"], (cmd, p) => {
    if (!isNode(cmd.def)) {
      // A finding says that it was left out: the other changes of the statement stand.
      const { def } = p.ledger.origin(cmd as AlterTableCmd);
      return isNode(def) && p.ledger.isReported(def) ? "" : p.refuse(cmd as Node, "this constraint");
    }
    const text = p.print(cmd.def);
    return text === "" ? "" : `ADD ${text}`;
  }),
};

function alteration(cmd: AlterTableCmd, p: Printing): string {
  const printer = ALTERATIONS[cmd.subtype ?? ""];
  if (!printer) return p.refuse(cmd, `ALTER TABLE … ${words(cmd.subtype ?? "")}`);
  p.ledger.carried(cmd, printer.fields);
  return printer.print(cmd as never, p);
}

/** `AT_SetStorage` → `SET STORAGE`. */
function words(subtype: string): string {
  return subtype
    .replace(/^AT_/, "")
    .replaceAll(/([a-z])([A-Z])/g, "$1 $2")
    .toUpperCase();
}

const DROPS: Readonly<Record<string, string>> = { OBJECT_TABLE: "TABLE", OBJECT_VIEW: "VIEW", OBJECT_SEQUENCE: "SEQUENCE" };

const RENAMES: Readonly<Record<string, Printer>> = {
  OBJECT_TABLE: prints("RenameStmt", ["renameType", "relationType", "relation", "newname"], (node, p) => {
    const to = { ...relationName(node.relation!), name: node.newname! };
    if (find(p.catalog, p.catalog.readers, to)) return p.refuse(node as Node, "RENAME of a view as of a table");
    return `ALTER TABLE ${p.relation(node.relation!)} RENAME TO ${p.relation({ ...node.relation!, relname: node.newname! })}`;
  }),
  OBJECT_COLUMN: prints("RenameStmt", ["renameType", "relationType", "relation", "subname", "newname"], (node, p) => {
    return `ALTER TABLE ${p.relation(node.relation!)} RENAME COLUMN ${identifier(node.subname ?? "")} TO ${identifier(node.newname ?? "")}`;
  }),
};

/** What is renamed as a table is. */
const MOVED: ReadonlySet<string> = new Set(["OBJECT_TABLE", "OBJECT_SEQUENCE", "OBJECT_VIEW"]);

const TRANSACTIONS: Readonly<Record<string, string>> = {
  TRANS_STMT_BEGIN: "BEGIN",
  TRANS_STMT_START: "START TRANSACTION",
  TRANS_STMT_COMMIT: "COMMIT",
  TRANS_STMT_ROLLBACK: "ROLLBACK",
};

export const statementPrinters: Printers = {
  AlterTableStmt: prints("AlterTableStmt", ["relation", "cmds"], (node, p) => {
    p.scope = find(p.catalog, p.catalog.tables, relationName(node.relation!));
    const head = `ALTER TABLE ${p.relation(node.relation!)} `;
    const clauses = (node.cmds ?? []).flatMap((item): string[] | string => {
      const cmd = as("AlterTableCmd", item);
      if (!cmd) return isNode(item) ? [p.print(item)] : [];
      const constraint = cmd.subtype === "AT_AddConstraint" ? as("Constraint", cmd.def) : undefined;
      if (constraint?.contype !== "CONSTR_CHECK") return [alteration(cmd, p)];
      const clause = p.attempt(cmd, constraintWords(constraint), () => alteration(cmd, p));
      // Later statements take off what is there only.
      if (clause === undefined) p.ledger.lost(p.ledger.origin(constraint));
      return clause ?? [];
    });
    // One change a statement: several on one column, or a key on a column added beside it, are refused (errors 8200, 1072).
    return clauses
      .filter((clause) => clause !== "")
      .map((clause) => head + clause)
      .join(";\n");
  }),
  IndexStmt: prints("IndexStmt", ["idxname", "relation", "indexParams", "unique", "if_not_exists", "options"], (node, p) => {
    p.scope = find(p.catalog, p.catalog.tables, relationName(node.relation!));
    if (node.idxname === undefined) return p.refuse(node as Node, "an index without a name");
    if (isTemporary(p.catalog, relationName(node.relation!))) return p.refuse(node as Node, "an index on a temporary table");
    const head = `CREATE ${node.unique ? "UNIQUE " : ""}INDEX ${node.if_not_exists ? "IF NOT EXISTS " : ""}${identifier(node.idxname)}`;
    const options = (node.options ?? []).filter(isNode).map((option) => ` ${p.print(option)}`);
    return `${head} ON ${p.relation(node.relation!)} (${listAt("an index", node.indexParams, node as Node, p)})${options.join("")}`;
  }),
  IndexElem: prints("IndexElem", ["name", "expr"], (node, p) => {
    if (node.name !== undefined) return identifier(node.name);
    const { expr } = node as IndexElem;
    const text = p.print(expr);
    const type = p.info(expr)?.type.name ?? "";
    // Neither JSON nor text without a bound can be indexed (errors 3753, 3757).
    if (/^jsonb?$|\[\]$/.test(type) || (type === "text" && text.includes("JSON_UNQUOTE(")))
      return p.refuse(node as Node, `${type} of a JSON document in an index (add a generated column with a length, and index that)`);
    return `(${text})`;
  }),
  TypeName: prints("TypeName", ["names"], (node, p) => p.refuse(node as Node, `the type ${String(node.names?.[node.names.length - 1])}`)),
  DropStmt: prints("DropStmt", ["objects", "removeType", "missing_ok"], (node, p) => {
    const word = DROPS[node.removeType ?? ""];
    if (!word) return p.refuse(node as Node, `DROP ${(node.removeType ?? "").replace("OBJECT_", "").replaceAll("_", " ")}`);
    const names = (node.objects ?? []).map((object) => {
      const name = qualified(Array.isArray(object) ? (object as readonly Value[]) : [object]);
      return p.relation({ kind: "RangeVar", relname: name.name, ...(name.schema === undefined ? {} : { schemaname: name.schema }) });
    });
    return `DROP ${word} ${node.missing_ok ? "IF EXISTS " : ""}${names.join(", ")}`;
  }),
  RenameStmt: prints("RenameStmt", ["renameType", "missing_ok"], (node, p) => {
    const printer = RENAMES[node.renameType ?? ""];
    if (!printer || node.missing_ok)
      return p.refuse(node as Node, `RENAME of ${(node.renameType ?? "").replace("OBJECT_", "").toLowerCase()}`);
    p.ledger.carried(node as Node, printer.fields);
    return printer.print(node as never, p);
  }),
  AlterObjectSchemaStmt: prints("AlterObjectSchemaStmt", ["objectType", "relation", "newschema", "missing_ok"], (node, p) => {
    const { relation, newschema: schemaname = "" } = node;
    if (!relation || !MOVED.has(node.objectType ?? "")) return p.refuse(node as Node, "SET SCHEMA");
    const [from, to] = [p.relation(relation), p.relation({ ...relation, schemaname })];
    return from === to ? "" : `RENAME TABLE ${from} TO ${to}`;
  }),
  TransactionStmt: prints(
    "TransactionStmt",
    ["variant"],
    (node, p) => TRANSACTIONS[node.variant ?? ""] ?? p.refuse(node as Node, "this transaction statement"),
  ),
  TruncateStmt: prints("TruncateStmt", ["relations"], (node, p) => {
    if (node.relations?.length !== 1) return p.refuse(node as Node, "TRUNCATE of several tables");
    return `TRUNCATE TABLE ${p.relation(as("RangeVar", node.relations[0])!)}`;
  }),
};
