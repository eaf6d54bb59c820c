import type { PgType } from "../catalog/analysis.js";
import { CORE } from "../core.js";
import type { Data } from "../engine/contract.js";
import { spanOf } from "../engine/place.js";
import { finding, type Statement } from "../engine/run.js";
import type { Finding } from "../finding.js";
import type { Node, Value } from "../pg/ast.js";
import { as } from "../pg/names.js";
import { hasNames, parameterName, templateHole } from "../pg/placeholders.js";
import { eachDescendant } from "../pg/walk.js";

/** How the caller passes the arguments: one for each question mark, in the order of these. */
export function parametersOf(orders: readonly (readonly number[])[], types: ReadonlyMap<number, PgType>, statement: Statement): Finding[] {
  const { source } = statement;
  const all = orders.flat();
  if (all.length === 0 && !hasNames(statement.node)) return [];
  const alone = aloneIn(statement.node);
  if (all.length === 0 && alone.holes.length === 0) return [];
  const say = (message: string, data: Data) => finding(CORE.parameters, message, data, source, spanOf(statement, undefined));
  const order = orders
    .filter((numbers) => numbers.length > 0)
    .map((numbers) => numbers.map((number) => parameterName(statement.node, number)).join(", "))
    .join("; ");
  const arrays = [...new Set(all)].filter((number) => types.get(number)?.name.endsWith("[]"));
  const lists = [...new Set(all.map((number) => parameterName(statement.node, number)))].filter((name) => name.startsWith("sqlc.slice"));
  const inOrder = all.every((number, i) => number === i + 1);
  const others = (["holes", "sorted", "conditions"] as const).flatMap((what) => alone[what].map((number) => say(what, { number })));
  if (all.length === 0) return others;
  return [
    ...others,
    ...lists.map((number) => say("list", { number })),
    say(inOrder ? "places" : "order", { order }),
    ...arrays.map((number) => say("array", { number: parameterName(statement.node, number) })),
  ];
}

interface Alone {
  /** Places that a text is put into. */
  readonly holes: readonly string[];
  /** Parameters that ORDER BY names alone. */
  readonly sorted: readonly string[];
  /** Parameters of a template's style that are a whole condition. */
  readonly conditions: readonly string[];
}

/** Parameters where a value is hardly meant, as the source writes them. */
function aloneIn(statement: Node): Alone {
  const found = { holes: new Set<string>(), sorted: new Set<string>(), conditions: new Set<string>() };
  const keep = (value: Value | undefined, what: "sorted" | "conditions", test: (name: string) => boolean): void => {
    const number = as("ParamRef", value)?.number;
    if (number === undefined || templateHole(statement, number) !== undefined) return;
    const name = parameterName(statement, number);
    if (test(name)) found[what].add(name);
  };
  const isTemplate = (name: string) => name === "%s" || name.startsWith("${");
  eachDescendant(statement, (node) => {
    const hole = node.kind === "ParamRef" ? templateHole(statement, node.number ?? 0) : undefined;
    if (hole !== undefined) found.holes.add(hole);
    if (node.kind === "SortBy") keep(node.node, "sorted", () => true);
    if (node.kind === "BoolExpr") for (const arg of node.args ?? []) keep(arg, "conditions", isTemplate);
    if (node.kind === "SelectStmt")
      for (const condition of [node.whereClause, node.havingClause]) keep(condition, "conditions", isTemplate);
    if (node.kind === "UpdateStmt" || node.kind === "DeleteStmt") keep(node.whereClause, "conditions", isTemplate);
  });
  return { holes: [...found.holes], sorted: [...found.sorted], conditions: [...found.conditions] };
}
