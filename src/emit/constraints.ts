import { LEVEL } from "../engine/tidb.js";
import type { Constraint, Node, Value } from "../pg/ast.js";
import { asCondition, asIndexed, type Place, refusedAt } from "./places.js";
import { type Printer, type Printing, prints } from "./printing.js";
import { identifier } from "./words.js";

const ACTIONS: Readonly<Record<string, string>> = { r: "RESTRICT", c: "CASCADE", n: "SET NULL" };

export function identifiers(names: readonly string[] | undefined): string {
  return (names ?? []).map(identifier).join(", ");
}

/** `CONSTRAINT name ` or nothing. */
function label(node: { conname?: string }): string {
  return node.conname === undefined ? "" : `CONSTRAINT ${identifier(node.conname)} `;
}

function action(words: string, code: string | undefined, node: Node, p: Printing): string {
  if (code === undefined || code === "a") return "";
  const word = ACTIONS[code];
  return word ? ` ${words} ${word}` : p.refuse(node, `${words} SET DEFAULT`);
}

/** An expression where TiDB does not take all. */
export function printAt(place: Place, expression: Value | undefined, node: Node, p: Printing): string {
  const text = p.print(expression);
  const refused = refusedAt(place, text);
  return refused === undefined ? text : p.refuse(node, `${refused} in ${place}`);
}

/** Several of them. */
export function listAt(place: Place, expressions: readonly Value[] | undefined, node: Node, p: Printing): string {
  const text = place === "an index" ? asIndexed(p.list(expressions)) : p.list(expressions);
  const refused = refusedAt(place, text);
  return refused === undefined
    ? text
    : p.refuse(node, `${refused} in ${place} (add a generated column with the expression, and index that)`);
}

/** A printer for each constraint type, so that each declares the fields it carries. */
const PRINTERS: Readonly<Record<string, Printer>> = {
  CONSTR_NOTNULL: prints("Constraint", ["contype"], (node, p) => {
    return (node as Constraint).keys?.length ? p.refuse(node as Node, "NOT NULL of a column that is defined elsewhere") : "NOT NULL";
  }),
  CONSTR_NULL: prints("Constraint", ["contype"], () => "NULL"),
  CONSTR_PRIMARY: prints("Constraint", ["contype", "keys", "conname"], (node, p) => {
    // A clustered primary key can never be dropped (error 8200); one that the input drops later must not be clustered.
    const later = p.constraint(node as Node)?.dropped ? " NONCLUSTERED" : "";
    return `PRIMARY KEY (${identifiers(node.keys)})${later}`;
  }),
  CONSTR_UNIQUE: prints("Constraint", ["contype", "keys", "conname"], (node) => {
    return `UNIQUE KEY${node.conname === undefined ? "" : ` ${identifier(node.conname)}`} (${identifiers(node.keys)})`;
  }),
  CONSTR_CHECK: prints("Constraint", ["contype", "conname", "raw_expr", "not_enforced"], (node, p) => {
    const condition = printAt("a CHECK", node.raw_expr, node as Node, p);
    const enforced = node.not_enforced ? " NOT ENFORCED" : "";
    return `${label(node)}CHECK (${asCondition(condition, p.level === LEVEL.primary)})${enforced}`;
  }),
  CONSTR_FOREIGN: prints(
    "Constraint",
    ["contype", "conname", "fk_attrs", "pktable", "pk_attrs", "fk_del_action", "fk_upd_action"],
    (node, p) => {
      if (!node.pk_attrs?.length) return p.refuse(node as Node, "REFERENCES without the parent's columns");
      const parent = `${p.relation(node.pktable!)} (${identifiers(node.pk_attrs)})`;
      const actions = `${action("ON DELETE", node.fk_del_action, node as Node, p)}${action("ON UPDATE", node.fk_upd_action, node as Node, p)}`;
      return `${label(node)}FOREIGN KEY (${identifiers(node.fk_attrs)}) REFERENCES ${parent}${actions}`;
    },
  ),
  CONSTR_GENERATED: prints("Constraint", ["contype", "raw_expr", "generated_when", "generated_kind"], (node, p) => {
    const text = p.attempt(node as Node, "the generation expression", () => printAt("a generated column", node.raw_expr, node as Node, p));
    return text === undefined ? "" : `GENERATED ALWAYS AS (${text}) ${node.generated_kind === "v" ? "VIRTUAL" : "STORED"}`;
  }),
};

/** How a reader knows a constraint: `CHECK t_a_check`. */
export function constraintWords(node: Constraint): string {
  const words = WORDS[node.contype ?? ""] ?? "constraint";
  return node.conname === undefined ? words : `${words} ${node.conname}`;
}

const WORDS: Readonly<Record<string, string>> = {
  CONSTR_PRIMARY: "PRIMARY KEY",
  CONSTR_UNIQUE: "UNIQUE",
  CONSTR_CHECK: "CHECK",
  CONSTR_FOREIGN: "FOREIGN KEY",
  CONSTR_EXCLUSION: "EXCLUDE",
  CONSTR_DEFAULT: "DEFAULT",
  CONSTR_IDENTITY: "serial or an identity of a table that the input does not make",
};

export function printConstraint(node: Constraint, p: Printing): string {
  const printer = PRINTERS[node.contype ?? ""];
  if (!printer) return p.refuse(node, WORDS[node.contype ?? ""] ?? `${node.contype}`);
  p.ledger.carried(node, printer.fields);
  return printer.print(node as never, p);
}
