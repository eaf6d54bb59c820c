import type { Analysis, ExprInfo } from "../catalog/analysis.js";
import { type Catalog, type Column, columnDefinedBy, type Table, type TableConstraint } from "../catalog/model.js";
import type { Forms, RowRule } from "../engine/forms.js";
import type { Ledger } from "../engine/ledger.js";
import { LEVEL, type Level, type Raw, type Tidb } from "../engine/tidb.js";
import type { Kind, Node, RangeVar, Value } from "../pg/ast.js";
import { isNode } from "../pg/names.js";
import { levelNeeded, levelOf } from "./precedence.js";

export type Printable = Value | Tidb | Raw | undefined;

/** Something the emitter has no TiDB text for. */
export interface Hole {
  readonly node: Node;
  /** Ends the sentence "… has no TiDB form here: ". */
  readonly reason: string;
}

/** An element that was left out of a statement that stands otherwise. */
export interface LeftOut {
  readonly node: Node;
  /** What it is, in the reader's words: `CHECK t_a_check`. */
  readonly what: string;
  readonly reason: string;
}

/** Something a row of a table says of a call it wrote. */
export interface Told {
  readonly rule: RowRule;
  readonly message: string;
  readonly data: Readonly<Record<string, string | number>>;
  readonly node: Node;
}

/** What a printer works with. */
export interface Printing {
  readonly forms: Forms;
  readonly catalog: Catalog;
  readonly ledger: Ledger;
  print(value: Printable): string;
  list(values: readonly Printable[] | undefined, separator?: string): string;
  /** Prints an operand, in parentheses unless it binds at least as tightly as `least`. */
  operand(value: Printable, least: number): string;
  /** How tightly what was printed last binds. */
  readonly level: Level;
  /** The text of a printer that is no call, literal or name, and how tightly it binds. */
  at(level: Level, text: string): string;
  /** Says something of a call; it is forgotten with the element that is left out or the statement that is a hole. */
  tell(told: Told): void;
  /** Records that this cannot be printed; the statement becomes a hole (or the element is left out by `attempt`). */
  refuse(node: Node, reason: string): string;
  /** Prints something the statement can stand without: when it has a hole, it is left out with a finding and undefined comes back. */
  attempt(node: Node, what: string, print: () => string): string | undefined;
  /** What is known of a statement that a rule made of another one's parts. */
  moved: (() => Analysis) | undefined;
  /** What is known of an expression; undefined: nothing. */
  info(expression: Value | Tidb | undefined): ExprInfo | undefined;
  /** A relation's name as TiDB has it. */
  relation(relation: RangeVar): string;
  /** Whether it is a query of a WITH clause. */
  isCommon(relation: RangeVar): boolean;
  /** The table whose columns unqualified names mean, for expressions of DDL. */
  scope: Table | undefined;
  /** Columns that the primary key of the table being printed makes NOT NULL; undefined outside of CREATE TABLE. */
  primaryKey: ReadonlySet<string> | undefined;
  /** The catalog's column for a definition. */
  column(def: Node): Column | undefined;
  /** What the catalog at the end of the input knows of the constraint a node made. */
  constraint(node: Node): TableConstraint | undefined;
  /** The statement's comments, for printers that can place them; what they do not take goes before the statement. */
  readonly comments: CommentSlot[];
}

/** A comment of the statement, already spelt for TiDB. */
export interface CommentSlot {
  readonly at: number;
  readonly text: string;
  readonly ownLine: boolean;
}

export interface Printer {
  readonly fields: ReadonlySet<string>;
  readonly print: (node: never, p: Printing) => string;
}

export type Printers = { readonly [K in Kind]?: Printer };

type Fields<K extends Kind> = keyof Extract<Node, { kind: K }>;

/** A printer that declares the fields it carries: it can read no others, and those it does not declare are reported when present. */
export function prints<K extends Kind, F extends Fields<K>>(
  _kind: K,
  fields: readonly F[],
  print: (node: Pick<Extract<Node, { kind: K }>, F | ("location" & Fields<K>)> & { readonly kind: K }, p: Printing) => string,
): Printer {
  return { fields: new Set(fields as readonly string[]), print: print as Printer["print"] };
}

/** What is printed at the time. */
export interface Sheet {
  catalog: Catalog;
  ledger: Ledger;
  /** Holes, omissions and what is told are collected here. */
  readonly holes: Hole[];
  readonly leftOut: LeftOut[];
  readonly told: Told[];
  comments: CommentSlot[];
  analysis: () => Analysis;
}

/** Nothing on it yet. */
export function blankSheet(catalog: Catalog, ledger: Ledger): Sheet {
  const analysis = () => {
    throw new Error("No statement is being printed.");
  };
  return { catalog, ledger, holes: [], leftOut: [], told: [], comments: [], analysis };
}

/**
 * Makes the printing of all statements, one after another.
 * @param sheet the statement at hand: changed from one to the next
 * @param final the schema at the end of the input
 */
export function printing(
  printers: Printers,
  sheet: Sheet,
  final: Catalog,
  relationText: (relation: RangeVar) => string,
  forms: Forms,
): Printing {
  const { holes, leftOut, told } = sheet;
  /** What the printer at work says of its text. */
  let said: Level = LEVEL.primary;
  let last: Level = LEVEL.primary;
  const done = (level: Level, text: string): string => {
    last = level;
    said = LEVEL.primary;
    return text;
  };
  const template = (node: Tidb): string => {
    let text = node.texts[0]!;
    const { texts, holes: fillings } = node;
    for (let i = 0; i < fillings.length; i++) {
      const filling = p.print(fillings[i]);
      const inner = last;
      text += inner === LEVEL.primary || inner >= levelNeeded(node, i, text) ? filling : `(${filling})`;
      text += texts[i + 1]!;
    }
    return done(levelOf(node, text, last), text);
  };
  const p: Printing = {
    forms,
    get catalog() {
      return sheet.catalog;
    },
    get ledger() {
      return sheet.ledger;
    },
    get comments() {
      return sheet.comments;
    },
    scope: undefined,
    primaryKey: undefined,
    moved: undefined,
    print(value) {
      last = LEVEL.primary;
      if (value === undefined) return "";
      if (typeof value !== "object") return String(value);
      if (!isNode(value)) return Array.isArray(value) ? p.list(value as readonly Value[]) : "raw" in value ? value.raw : "";
      const node = value as Node | Tidb;
      if (node.kind === "Tidb") return template(node);
      const printer = printers[node.kind];
      if (!printer) return p.refuse(node, `${KIND_WORDS[node.kind] ?? node.kind}`);
      sheet.ledger.carried(node, printer.fields);
      const text = printer.print(node as never, p);
      return done(said, text);
    },
    operand(value, least) {
      const text = p.print(value);
      return last >= least ? text : `(${text})`;
    },
    get level() {
      return last;
    },
    at(level, text) {
      said = level;
      return text;
    },
    tell: (one) => void told.push(one),
    list: (values, separator = ", ") => (values ?? []).map((v) => p.print(v)).join(separator),
    refuse(node, reason) {
      holes.push({ node: sheet.ledger.origin(node), reason });
      return "";
    },
    attempt(node, what, print) {
      const before = holes.length;
      const toldBefore = told.length;
      const text = print();
      if (holes.length === before) return text;
      told.length = toldBefore;
      const reasons = holes.splice(before).map((h) => h.reason);
      const origin = sheet.ledger.origin(node);
      leftOut.push({ node: origin, what, reason: [...new Set(reasons)].join("; ") });
      sheet.ledger.reported(origin);
      // What rules put into it stands in no tree of the source.
      if (origin !== node) sheet.ledger.reported(node);
      return undefined;
    },
    relation: (relation) => {
      sheet.ledger.carried(relation, RELATION_FIELDS);
      return relationText(relation);
    },
    isCommon: (relation) => (sheet.analysis().isCommon(relation) ?? p.moved?.().isCommon(relation)) === true,
    info(expression) {
      if (!isNode(expression)) return undefined;
      const origin = sheet.ledger.origin(expression as Node);
      return sheet.analysis().info(origin) ?? p.moved?.().info(origin);
    },
    constraint: (node) => final.constraintOf.get(sheet.ledger.origin(node) as never),
    column: (node) => columnDefinedBy(sheet.catalog, sheet.ledger.origin(node) as never),
  };
  return p;
}

const RELATION_FIELDS = new Set(["relname", "schemaname"]);

/** Kinds that readers know by other words. */
const KIND_WORDS: { readonly [K in Kind]?: string } = {
  SelectStmt: "this query",
  SubLink: "a subquery",
  FuncCall: "a function call",
  A_ArrayExpr: "an array constructor",
  TypeCast: "this cast",
  TypeName: "this type",
  A_Indirection: "a subscript or field selection",
  XmlExpr: "an XML expression",
  CollateClause: "a COLLATE clause",
  TableLikeClause: "LIKE of a table that the input does not make",
};
