import type { PgType } from "../../catalog/analysis.js";
import { type Catalog, find, lastSchema } from "../../catalog/model.js";
import { replay } from "../../catalog/replay.js";
import { named } from "../../catalog/spelling.js";
import { CORE } from "../../core.js";
import { commentText } from "../../emit/comments.js";
import { withPlaces } from "../../emit/parameters.js";
import type { CommentSlot, Told } from "../../emit/printing.js";
import { schemaOf } from "../../emit/relations.js";
import { storable } from "../../emit/views.js";
import { identifier, losesQuote } from "../../emit/words.js";
import { HOLD_QUERIES } from "../../engine/contract.js";
import { Ledger } from "../../engine/ledger.js";
import { spanOf } from "../../engine/place.js";
import { begin, finding, lazyAnalysis, lossesOf, type Run, restate, rewrite, type Statement } from "../../engine/run.js";
import type { Tidb } from "../../engine/tidb.js";
import { clauseWords } from "../../engine/words.js";
import type { Finding } from "../../finding.js";
import type { Kind, Node } from "../../pg/ast.js";
import { parameterName, templateHole } from "../../pg/placeholders.js";
import { respeltOf } from "../../pg/respelt.js";
import { eachDescendant } from "../../pg/walk.js";
import type { Comment } from "../../source/split.js";
import { parametersOf } from "../parameters.js";
import { core, type Made, NONE, type Pass } from "./pass.js";
import { absentTable, laterTable, takenAway } from "./relations.js";

/** What is known where a statement stands. Field by field: a spread of so many, once a statement, takes as long as parsing a small one. */
function runOf(
  { handlers, restating, final, target, schemas, lost, lostViews, differing }: Pass["run"],
  now: Catalog,
  tree: Node,
  ledger: Ledger,
): Run {
  const analysis = lazyAnalysis(now, tree, ledger);
  return { handlers, restating, ledger, now, final, target, schemas, lost, lostViews, differing, analysis };
}

/** @param stands other statements came of it: it must be accounted for where it is not in the output itself */
export function makeStatement(pass: Pass, statement: Statement, inside: readonly Comment[], stands = false): Made {
  const { now } = pass.run;
  const { source } = statement;
  const comments: CommentSlot[] = inside.map((c) => ({
    at: c.span.start,
    text: commentText(source.text.slice(c.span.start, c.span.end)),
    ownLine: c.ownLine,
  }));
  if (statement.schema !== undefined) now.schema = statement.schema;
  if (pass.before.size > 0) pass.before.clear();
  for (const name of takenAway(statement.node)) if (name.schema === undefined) pass.before.set(name.name, schemaOf(now, name));
  replay(now, statement.node);
  if (statement.absorbedInto) return { sql: [], findings: statement.findings, comments: comments.map((c) => c.text) };
  const absent = absentTable(pass, statement.current);
  // Where nobody says in which order files are run, a table that is made further on is one that is there.
  const later = absent === undefined && !pass.options.assume ? laterTable(pass, statement.current) : undefined;
  const missing = absent ?? later;
  if (missing !== undefined) {
    const { node } = statement;
    const nothing = node.kind === "DropStmt" && node.objects?.length === 1;
    const message = absent === undefined ? "later" : nothing ? "dropped" : "absent";
    const findings = [core(CORE.absent, message, { table: missing }, source, spanOf(statement, undefined))];
    eachDescendant(statement.node, (node) => pass.lost.add(node));
    return { sql: [], findings, comments: comments.map((c) => c.text) };
  }
  const findings = statement.findings;
  const ledger = new Ledger(pass.folds);
  const { walk, sheet, printing: p } = pass;
  const { holes, leftOut, told } = sheet;
  holes.length = leftOut.length = told.length = 0;
  const run = runOf(pass.run, now, statement.current, ledger);
  begin(walk, run, statement);
  const nodes: (Node | Tidb)[] = [];
  const sql: string[] = [];
  const orders: (readonly number[])[] = [];
  let types: ReadonlyMap<number, PgType> = NO_TYPES;
  const trees = restate(walk);
  for (const { node: tree, catalog = now } of trees) {
    const here = tree === statement.current && catalog === now ? run : runOf(pass.run, catalog, tree, ledger);
    sheet.catalog = catalog;
    sheet.ledger = ledger;
    sheet.comments = comments;
    sheet.analysis = here.analysis;
    p.scope = p.primaryKey = undefined;
    const made = rewrite(walk, here, tree);
    nodes.push(...made);
    for (const node of made) {
      // What a rule put in the statement's place may have parts of earlier ones, of which its own analysis knows nothing.
      p.moved = node.kind === "Tidb" || node === tree ? undefined : lazyAnalysis(catalog, node, ledger);
      const { text, order } = withPlaces(p.print(node), (number) => templateHole(statement.node, number));
      if (text !== "") sql.push(storable(text));
      if (losesQuote(text)) p.refuse(tree, "a change of a table or column whose name has a backquote in it");
      orders.push(order);
      if (order.length > 0) types = here.analysis().parameters;
    }
  }
  findings.push(...foreignParts(statement), ...unknownColumns(run, statement));
  for (const { node, what, reason } of leftOut)
    findings.push(core(CORE.unconverted, "left-out", { what, reason }, source, spanOf(statement, node)));
  if (holes.length > 0) {
    const reasons = [...new Map(holes.map((h) => [h.reason, h])).values()];
    for (const { node, reason } of reasons) findings.push(core(CORE.unconverted, "statement", { reason }, source, spanOf(statement, node)));
    eachDescendant(statement.node, (node) => pass.lost.add(node));
    return { sql: [], findings, comments: comments.map((c) => c.text) };
  }
  findings.push(...saidOnce(told, statement), ...parametersOf(orders, types, statement));
  if (nodes.length > 0 || stands)
    for (const part of [statement, ...(statement.absorbed ?? NONE)])
      for (const loss of lossesOf(part, ledger))
        part.findings.push(core(CORE.notCarried, "not-carried", { clause: clauseWords(loss) }, part.source, spanOf(part, loss.node)));
  for (const node of ledger.reportedNodes()) pass.lost.add(node);
  if (sql.length > 0) findings.push(...renamed(pass, statement));
  tellOnce(pass, statement, trees);
  const several = sql.some((text) => text.includes(";\n"));
  return {
    sql: several ? sql.flatMap(statementsOf) : sql,
    findings,
    comments: comments.map((c) => c.text),
    ...(orders.some((numbers) => numbers.length > 0) && { parameters: namesOf(orders, statement.node) }),
  };
}

function namesOf(orders: readonly (readonly number[])[], node: Node): string[][] {
  return orders.map((numbers) => numbers.map((number) => parameterName(node, number)));
}

/** What of a statement was read as PostgreSQL's and is written as MySQL has it. */
function foreignParts({ node, source, span }: Statement): readonly Finding[] {
  return (respeltOf(node)?.foreign ?? NONE).map(({ at, length, written, read }) =>
    core(CORE.ownSql, "read", { written, read }, source, { start: span.start + at, end: span.start + at + length }),
  );
}

/** What PostgreSQL refuses a query for: each name once. */
function unknownColumns(run: Run, statement: Statement): readonly Finding[] {
  if (!QUERIES.has(statement.current.kind)) return NONE;
  const unknown = run
    .analysis()
    .doubts.filter(({ id, node }) => OF_COLUMNS.has(id) || (id === "unknown-relation" && node.kind === "ColumnRef"));
  const texts = new Map(unknown.map((doubt) => [doubt.text, doubt.node]));
  return [...texts].map(([what, node]) => core(CORE.unknownColumn, "unknown", { what }, statement.source, spanOf(statement, node)));
}

const OF_COLUMNS: ReadonlySet<string> = new Set(["unknown-column", "ambiguous-column"]);
/** A function's body has names of its own, a rule's NEW and OLD. */
const QUERIES: ReadonlySet<Kind> = new Set(HOLD_QUERIES.filter((kind) => kind !== "CreateFunctionStmt" && kind !== "RuleStmt"));

/** What is said where a view is made is not said again where another statement makes it anew. */
function tellOnce({ ofViews }: Pass, { node, findings }: Statement, trees: readonly { readonly node: Node }[]): void {
  const key = ({ rule, message, text }: Finding) => `${rule} ${message} ${text}`;
  const warnings = findings.filter(({ severity }) => severity === "warning");
  if (node.kind === "ViewStmt") for (const each of warnings) ofViews.add(key(each));
  else if (trees.some((tree) => tree.node.kind === "ViewStmt"))
    for (const each of warnings) if (ofViews.has(key(each))) findings.splice(findings.indexOf(each), 1);
}

/** Printers and templates put several statements in one text with `;` and a line break between them, which a string may have in it too. */
function statementsOf(text: string): string[] {
  const statements = [""];
  for (const [part, quoted] of text.matchAll(/('[^'\\]*(?:(?:\\[\s\S]|'')[^'\\]*)*'|`[^`]*(?:``[^`]*)*`)|;\n|[^;'`]+|[\s\S]/g))
    if (part === ";\n" && quoted === undefined) statements.push("");
    else statements[statements.length - 1] += part;
  return statements;
}

const NO_TYPES: ReadonlyMap<number, PgType> = new Map();

/** What rows of tables say of calls in the statement: of several calls of which the same is to be said, once. */
function saidOnce(told: readonly Told[], statement: Statement): readonly Finding[] {
  if (told.length === 0) return NONE;
  const once = new Map<string, Finding>();
  for (const { rule, message, data, node } of told) {
    const said = finding(rule, message, data, statement.source, spanOf(statement, node));
    const key = `${rule.id} ${message} ${said.text}`;
    if (!once.has(key)) once.set(key, said);
  }
  return [...once.values()];
}

/** A relation that could not keep its name: whoever reads or writes it must know. */
function renamed(pass: Pass, { node, source, span }: Statement): Finding[] {
  const { now, final, schemas } = pass.run;
  const name = named(now, node);
  // What ALTER … SET SCHEMA does is told by its own rule.
  if (!name || node.kind === "AlterObjectSchemaStmt" || (node.kind === "CreateStmt" && !find(now, now.tables, name))) return [];
  const tidb = pass.relation(name);
  const own = { schema: schemaOf(now, name), name: name.name };
  if (tidb === identifier(own.name) || (schemas === "database" && tidb.endsWith(`.${identifier(own.name)}`))) return [];
  const message = tidb === identifier(`${lastSchema(final, own.schema)}_${own.name}`) ? "renamed" : "distinct";
  return [core(CORE.schemaName, message, { ...own, tidb }, source, spanOf({ source, span }, undefined))];
}
