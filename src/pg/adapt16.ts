import type { Node } from "./ast.js";
import { isNode } from "./names.js";

type Fields = Record<string, unknown>;

/**
 * Gives a tree of PostgreSQL 16's grammar the form that 18's gives the same statement, in place. What only 18 tells, and nothing can be
 * made of, stays away: the places of lists and of functions' parameters.
 * @param text the statement
 * @param start where it begins in its source; locations count from the source's beginning
 */
export function adapt16(node: Node, text: string, start: number): void {
  for (const value of Object.values(node)) adaptValue(value, text, start);
  ADAPTATIONS[node.kind]?.(node as unknown as Fields, (location) => text.slice(location - start));
}

function adaptValue(value: unknown, text: string, start: number): void {
  if (Array.isArray(value)) for (const item of value) adaptValue(item, text, start);
  else if (isNode(value)) adapt16(value, text, start);
}

type Adaptation = (node: Fields, textFrom: (location: number) => string) => void;

/** Since 18 the list stands in a node of its own, beside the names of OLD and NEW. */
const returning: Adaptation = (node) => {
  if (node.returningList === undefined) return;
  node.returningClause = { kind: "ReturningClause", exprs: node.returningList };
  delete node.returningList;
};

const ENFORCED = new Set(["CONSTR_CHECK", "CONSTR_FOREIGN", "CONSTR_NOTNULL"]);

const ADAPTATIONS: Readonly<Partial<Record<Node["kind"], Adaptation>>> = {
  InsertStmt: returning,
  UpdateStmt: returning,
  DeleteStmt: returning,
  Constraint(node) {
    // NOT ENFORCED, VIRTUAL and NOT NULL as a constraint of its own came with 18.
    if (ENFORCED.has(node.contype as string)) {
      node.is_enforced = true;
      delete node.not_enforced;
    }
    if (node.contype === "CONSTR_NOTNULL") node.initially_valid = true;
    if (node.contype === "CONSTR_GENERATED") node.generated_kind = "s";
  },
  AlterTableCmd(node) {
    const def = node.def as Fields | undefined;
    if (node.subtype !== "AT_AlterConstraint" || def?.kind !== "Constraint") return;
    const { kind: _, contype: __, is_enforced: ___, not_enforced: _____, location: ____, ...rest } = def;
    node.def = { ...rest, kind: "ATAlterConstraint", is_enforced: true, alterDeferrability: true };
  },
  CommentStmt(node) {
    // IS '' and IS NULL both take the comment away.
    if (node.comment === "") delete node.comment;
  },
  TypeName(node, textFrom) {
    // -1 stands for [] without a bound. See the note on numbers below.
    node.arrayBounds &&= (node.arrayBounds as unknown[]).map((bound) => (bound === 0 ? -1 : bound));
    const names = node.names as unknown[] | undefined;
    // JSON became a key word for the type pg_catalog.json.
    if (names?.length === 1 && names[0] === "json" && textFrom(node.location as number)[0] !== '"') node.names = ["pg_catalog", "json"];
  },
  // This build of 16's grammar prints negative numbers as no number at all, which reads as 0. They are read again from the text
  // (but for SET STATISTICS, which has no place in the tree: there -1 stays 0).
  A_Const(node, textFrom) {
    if (node.ival === 0) node.ival = negative(/^-\s*(\d[\d_]*)/, textFrom(node.location as number));
  },
  DefElem(node, textFrom) {
    if (node.arg === 0) node.arg = negative(/^[\w."]+(?:\s+(?:BY|WITH))?\s*=?\s*-\s*(\d[\d_]*)/i, textFrom(node.location as number));
  },
  DefineStmt(node) {
    // The second number of an aggregate's arguments is -1 where there is no ORDER BY.
    if (Array.isArray(node.args)) node.args = node.args.map((arg) => (arg === 0 ? -1 : arg));
  },
};

function negative(form: RegExp, text: string): number {
  const digits = form.exec(text)?.[1];
  return digits === undefined ? 0 : -Number(digits.replaceAll("_", ""));
}
