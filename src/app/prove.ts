import type { Rule } from "../engine/contract.js";
import type { Finding } from "../finding.js";
import type { Kind, Node } from "../pg/ast.js";
import { parseStatement } from "../pg/parse.js";
import { respeltOf } from "../pg/respelt.js";
import { alignCounters, rowsOf, type SharedTable } from "../prove/load.js";
import { bindParameters } from "../prove/parameters.js";
import type { ProvedQuery, ProveReport } from "../prove/result.js";
import { INTERRUPTED, type Ran, runQuery } from "../prove/run.js";
import type { FileResult, StatementResult } from "../result.js";
import { InputError } from "../source/decode.js";
import { type SqlChunk, split } from "../source/split.js";
import type { Source } from "../source/text.js";
import type { Postgres } from "../targets/postgres.js";
import { EngineError, type Target } from "../targets/target.js";
import type { ConvertOptions } from "./convert/pass.js";
import { convertHistory } from "./convert.js";
import { type History, type Stage, type StageOptions, setUp } from "./stage.js";

export interface ProveOptions extends ConvertOptions, StageOptions {
  /** Milliseconds for one statement. */
  readonly timeout: number;
}

/**
 * Runs queries on PostgreSQL and, converted, on TiDB over the same rows, and compares what comes of them.
 * @throws InputError when there is no query, or none of the data can be loaded
 * @throws EngineError when an engine cannot be used or is lost on the way
 */
export async function prove(
  postgres: Postgres,
  target: Target,
  schema: readonly Source[],
  queries: readonly Source[],
  rules: readonly Rule[],
  options: ProveOptions,
): Promise<ProveReport> {
  const { result, final, relation } = await convertHistory([...schema, ...queries], rules, { ...options, everywhere: true });
  const parsed = await parseQueries(queries, result.files, options);
  if (parsed.length === 0) throw new InputError(`${queries.map(({ name }) => name).join(", ")}: there is no statement to run`);
  const history: History = { schema, queries, result, final, relation };
  let stage = await setUp(postgres, target, history, options);
  const proved: ProvedQuery[] = [];
  const { notes, tables, rows } = stage;
  try {
    const bound = await bindAll(stage, parsed);
    const converted = await convertBound(history, bound, rules, options);
    let restarts = 0;
    for (const [i, query] of bound.entries()) {
      const { outcome, interrupted } = await proveOne(stage, query, converted[i], options);
      proved.push(outcome);
      options.onProgress?.("queries", i + 1, bound.length);
      if (!interrupted) continue;
      // A session that was lost takes its rows along: everything is made once more.
      if (++restarts > MOST_RESTARTS)
        throw new EngineError(`${restarts} queries took longer than ${options.timeout / 1000} s each: giving up`);
      await stage.database.drop();
      await postgres.restart();
      stage = await setUp(postgres, target, history, options);
    }
  } finally {
    await stage.database.drop();
  }
  return {
    postgres: `PostgreSQL ${postgres.version} (${postgres.where})`,
    tidb: `TiDB ${target.version} (${target.disposable ? "embedded" : target.where})`,
    ...(options.data === undefined ? { seed: options.seed } : {}),
    tables: tables.length,
    rows,
    notes,
    queries: proved,
  };
}

const MOST_RESTARTS = 10;

interface ParsedQuery {
  readonly name: string | undefined;
  readonly text: string;
  /** Where it begins in what `node` was parsed from. */
  readonly start: number;
  readonly result: StatementResult;
  /** Undefined where PostgreSQL's grammar refuses it. */
  readonly node: Node | undefined;
}

async function parseQueries(queries: readonly Source[], files: readonly FileResult[], options: ConvertOptions): Promise<ParsedQuery[]> {
  const parsed: ParsedQuery[] = [];
  for (const source of queries) {
    const statements = files.find((file) => file.source === source)!.statements;
    const chunks = split(source).filter((chunk): chunk is SqlChunk => chunk.kind === "sql");
    for (const chunk of chunks) {
      const inside = chunk.inside.map(({ span }) => span);
      const tree = await parseStatement(source, chunk.span, options.postgres, inside);
      const result = statements.find(({ span }) => span.start === chunk.span.start)!;
      const before = chunk.before.map(({ span }) => source.text.slice(span.start, span.end));
      const name = before.flatMap((comment) => /^(?:--|\/\*)\s*name:\s*([\w.-]+)/.exec(comment)?.[1] ?? []).at(-1);
      const own = tree.ok ? respeltOf(tree.node)?.text : undefined;
      // What is MySQL's in part runs on PostgreSQL as it was read.
      const read =
        own === undefined ? tree : await parseStatement({ name: source.name, text: own }, { start: 0, end: own.length }, options.postgres);
      const text = own ?? source.text.slice(chunk.span.start, chunk.span.end);
      parsed.push({ name, text, start: own === undefined ? chunk.span.start : 0, result, node: read.ok ? read.node : undefined });
    }
  }
  return parsed;
}

interface BoundQuery extends ParsedQuery {
  /** The text to run, without parameters; undefined with a reason. */
  readonly bound: string | undefined;
  readonly reason?: string;
  readonly parameters: readonly string[];
}

/** Statements that return or change rows. */
const QUERIES: readonly Kind[] = ["SelectStmt", "InsertStmt", "UpdateStmt", "DeleteStmt", "MergeStmt", "TruncateStmt"];

async function bindAll({ postgres, tables }: Stage, queries: readonly ParsedQuery[]): Promise<BoundQuery[]> {
  const stored = await storedValues(postgres, tables);
  const bound: BoundQuery[] = [];
  for (const query of queries) {
    const { node, text, start } = query;
    if (node === undefined || !QUERIES.includes(node.kind) || (node.kind === "SelectStmt" && node.intoClause)) {
      const reason = node === undefined ? "PostgreSQL's grammar refuses it" : "it is no query";
      bound.push({ ...query, bound: undefined, reason, parameters: [] });
      continue;
    }
    const values = await bindParameters(postgres, text, start, node, (column, type) => valuesOf(stored.get(column) ?? [], type));
    if ("reason" in values) bound.push({ ...query, bound: undefined, reason: values.reason, parameters: [] });
    else bound.push({ ...query, bound: values.text, parameters: values.values });
  }
  return bound;
}

interface Stored {
  readonly type: string;
  readonly value: string;
}

/** A few values of each column, by its name, with PostgreSQL's names of their types. */
async function storedValues(postgres: Postgres, tables: readonly SharedTable[]): Promise<Map<string, Stored[]>> {
  const stored = new Map<string, Stored[]>();
  for (const { pg } of tables) {
    const { columns, rows } = await postgres.query(`SELECT * FROM ${rowsOf(pg)} LIMIT 5`);
    for (const [i, { name }] of columns.entries()) {
      const type = pg.columns.find((column) => column.name === name)?.type ?? "";
      const values = rows.flatMap((row) => (row[i] === null ? [] : { type, value: row[i]! }));
      stored.set(name.toLowerCase(), [...(stored.get(name.toLowerCase()) ?? []), ...values]);
    }
  }
  return stored;
}

/** Values of columns of that name: of those of the parameter's own type, where there are any. */
function valuesOf(stored: readonly Stored[], type: string): string[] {
  const own = stored.filter((each) => each.type === type || each.type.endsWith(`.${type}`));
  return (own.length > 0 ? own : stored).map(({ value }) => value);
}

/** What becomes of the texts without parameters; those that had none stay what they were converted to. */
async function convertBound(
  { schema }: History,
  queries: readonly BoundQuery[],
  rules: readonly Rule[],
  options: ConvertOptions,
): Promise<(StatementResult | undefined)[]> {
  const sources = queries.map(({ bound, text }, i) =>
    bound === undefined || bound === text ? undefined : { name: `bound-${i}`, text: bound },
  );
  const needed = sources.filter((source) => source !== undefined);
  if (needed.length === 0) return queries.map(({ result }) => result);
  const { result } = await convertHistory([...schema, ...needed], rules, { ...options, everywhere: true });
  return queries.map((query, i) => {
    if (query.bound === undefined || sources[i] === undefined) return query.result;
    return result.files.find(({ source }) => source === sources[i])!.statements[0];
  });
}

async function proveOne(
  stage: Stage,
  query: BoundQuery,
  converted: StatementResult | undefined,
  { timeout }: ProveOptions,
): Promise<{ outcome: ProvedQuery; interrupted: boolean }> {
  const { name, result, node, bound, parameters } = query;
  const findings = told([...result.findings, ...(converted?.findings ?? [])]);
  const sql = converted?.sql ?? [];
  const base = { name, source: result.source, span: result.span, findings, sql, parameters };
  if (findings.some(({ severity }) => severity === "error"))
    return { outcome: { ...base, outcome: "reported", notes: [] }, interrupted: false };
  if (bound === undefined || sql.length === 0)
    return { outcome: { ...base, outcome: "not-run", reason: query.reason ?? "nothing of it is left", notes: [] }, interrupted: false };
  const engines = { ...stage, timeout, restore: stage.copied.restore };
  const ran = await runQuery(engines, { text: bound, node: node!, sql });
  const interrupted = !stage.postgres.alive() || (ran.kind === "refused" && ran.code === INTERRUPTED);
  if (!interrupted && node!.kind === "InsertStmt") await alignCounters(stage.postgres, stage.target, stage.tables);
  return { outcome: { ...base, ...verdict(ran, findings, stage.absent) }, interrupted };
}

/** Warnings and errors, each once: the text with values in place of its parameters has most of them again. */
function told(findings: readonly Finding[]): Finding[] {
  const byText = new Map<string, Finding>();
  for (const finding of findings) {
    const key = `${finding.rule} ${finding.text}`;
    if (finding.severity !== "note" && !byText.has(key)) byText.set(key, finding);
  }
  return [...byText.values()];
}

/** A name that TiDB does not know. */
const UNKNOWN_RELATION = /Table '(?:.*\.)?(.+)' doesn't exist|Unknown table '(?:.*\.)?(.+)'/;

function verdict(
  ran: Ran,
  findings: readonly Finding[],
  absent: ReadonlySet<string>,
): Pick<ProvedQuery, "outcome" | "notes" | "reason" | "difference" | "rows"> {
  const warned = findings.length > 0;
  if (ran.kind === "same") return { outcome: "same", notes: ran.notes, rows: ran.rows };
  if (ran.kind === "not-run") return { outcome: "not-run", reason: ran.reason, notes: [] };
  if (ran.kind === "differs") return { outcome: warned ? "reported" : "differs", difference: ran.difference, notes: ran.notes };
  const missing = UNKNOWN_RELATION.exec(ran.message)?.slice(1).find(Boolean);
  const lost = missing !== undefined && absent.has(missing.toLowerCase());
  const reason = `${ran.code}: ${ran.message}${lost ? `; ${missing} is reported as not converted` : ""}`;
  return { outcome: warned || lost ? "reported" : "refused", reason, notes: [] };
}
