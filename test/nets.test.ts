import { describe, expect, it } from "vitest";
import rules from "../rules/index.js";
import type { Group } from "../scripts/projects.js";
import { convert } from "../src/app/convert.js";
import { commentText } from "../src/emit/comments.js";
import type { Handler } from "../src/engine/contract.js";
import type { Node } from "../src/pg/ast.js";
import { eachChild } from "../src/pg/walk.js";
import type { Result, StatementResult } from "../src/result.js";
import type { Rule } from "../src/rule.js";
import { type Chunk, split } from "../src/source/split.js";
import { lineIndex, type Source } from "../src/source/text.js";
import { OPTIONS } from "./support/converting.js";
import { allCorpusFiles, CORPUS, corpusGroups, fixtures } from "./support/inputs.js";

const LONG = 600_000;
/** So many of the projects that use a rule are converted without it; there are 30 of them and more rules. */
const MOST_PROJECTS = 8;
const FIXTURES = fixtures();
const EXAMPLES = rules.flatMap(examplesOf);
const SCHEMAS = [...FIXTURES, ...EXAMPLES, ...corpusGroups];
const EVERYTHING = [...FIXTURES, ...EXAMPLES, ...allCorpusFiles()];

function examplesOf({ id, examples }: Rule): Group[] {
  return examples.map(({ given, pg }, i) => {
    const sources = [...(given === undefined ? [] : [{ name: "given", text: given }]), { name: "pg", text: pg }];
    return { name: `${id} example ${i + 1}`, project: "examples", sources };
  });
}

async function convertGroup({ name, sources }: Group, using: readonly Rule[] = rules): Promise<Result> {
  const result = await convert(sources, using, OPTIONS);
  const broken = result.findings.find(({ rule, message }) => rule === "core/unconverted" && message === "broken");
  if (broken) throw new Error(`${name}: ${broken.text}`);
  return result;
}
const statementsOf = ({ files }: Result): StatementResult[] => files.flatMap((file) => file.statements);
const hasError = ({ findings }: StatementResult) => findings.some(({ severity }) => severity === "error");
const chunksOf = (source: Source): Chunk[] => split(source);

function place({ source, span }: StatementResult): string {
  const { line, column } = lineIndex(source)(span.start);
  return `${source.name}:${line}:${column} ${source.text.slice(span.start, Math.min(span.end, span.start + 150)).replaceAll(/\s+/g, " ")}`;
}

describe(`of every input (${CORPUS})`, () => {
  it(
    "all statements are accounted for, all comments survive, and the same input gives the same bytes",
    async () => {
      const wrong: string[] = [];
      for (const group of EVERYTHING) {
        const result = await convertGroup(group);
        const say = (problems: readonly string[]) => wrong.push(...problems.map((problem) => `${group.name}: ${problem}`));
        say(unaccounted(result));
        for (const { source, output } of result.files) say(lostComments(source, output));
        if (textOf(await convertGroup(group)) !== textOf(result)) say(["a second run gives other bytes"]);
      }
      expect(wrong).toEqual([]);
    },
    LONG,
  );
});

function unaccounted(result: Result): string[] {
  const { statements, asIs, rewritten, warned, unconverted } = result.account;
  const chunks = result.files.flatMap(({ source }) => chunksOf(source)).filter(({ kind }) => kind !== "end").length;
  return [
    ...(asIs + rewritten + warned + unconverted === statements ? [] : [`the parts of the account do not sum to ${statements}`]),
    ...(statements === chunks ? [] : [`${chunks} statements in the files, ${statements} in the account`]),
    ...statementsOf(result)
      .filter((statement) => (statement.outcome === "unconverted") !== hasError(statement))
      .map((statement) => `unconverted without an error finding, or the other way round: ${place(statement)}`),
    ...statementsOf(result)
      .filter(({ sql, findings }) => sql.length === 0 && findings.length === 0)
      .map((statement) => `gone without a word: ${place(statement)}`),
  ];
}

function lostComments(source: Source, output: string): string[] {
  const counts = new Map<string, number>();
  for (const chunk of chunksOf(source))
    for (const { span } of [...chunk.before, ...("inside" in chunk ? chunk.inside : [])]) {
      const text = squeezed(commentText(source.text.slice(span.start, span.end)));
      counts.set(text, (counts.get(text) ?? 0) + 1);
    }
  const kept = squeezed(output);
  return [...counts].filter(([text, count]) => kept.split(text).length - 1 < count).map(([text]) => `comment lost: ${text.slice(0, 200)}`);
}

/** Line breaks may change, and blank lines. */
function squeezed(text: string): string {
  return text.replaceAll(/\s+/g, " ").trim();
}

function textOf({ files, findings, session, expected }: Result): string {
  const brief = findings.map(({ rule, message, text, help, span }) => [rule, message, text, help, span]);
  const origins = (name: string, value: unknown) => (name === "origin" ? undefined : value);
  return JSON.stringify([files.map(({ output }) => output), brief, session, JSON.stringify(expected, origins)]);
}

describe(`taking any one rule out makes findings appear, never output that lost what the rule carried (${CORPUS})`, () => {
  const full = new Map<Group, Promise<{ result: Result; used: ReadonlySet<string> }>>();
  function fullRun(group: Group) {
    let run = full.get(group);
    if (run === undefined) {
      const used = new Set<string>();
      run = convertGroup(
        group,
        rules.map((rule) => watched(rule, used)),
      ).then((result) => ({ result, used }));
      full.set(group, run);
    }
    return run;
  }

  /** Where the rule does something: fixtures, its examples, and projects spread over all that would do. */
  async function groupsFor(rule: Rule): Promise<Group[]> {
    const usedIn = async (groups: readonly Group[]) => {
      const runs = await Promise.all(groups.map(fullRun));
      return groups.filter((_, i) => runs[i]!.used.has(rule.id));
    };
    const projects = await usedIn(corpusGroups);
    const stride = Math.max(1, projects.length / MOST_PROJECTS);
    const some = Array.from({ length: Math.min(projects.length, MOST_PROJECTS) }, (_, i) => projects[Math.floor(i * stride)]!);
    return [...(await usedIn([...FIXTURES, ...examplesOf(rule)])), ...some];
  }

  for (const rule of rules) {
    it(
      rule.id,
      async () => {
        const silent: string[] = [];
        for (const group of await groupsFor(rule)) {
          const { result } = await fullRun(group);
          const others = rules.filter((other) => other !== rule);
          const without = statementsOf(await convertGroup(group, others));
          // What is done to a table that one of the two runs lets go, as its error finding says, differs with it.
          const elsewhere = unlike(statementsOf(result), without);
          for (const [i, statement] of statementsOf(result).entries())
            if (lost(rule, statement, without[i]!) && !mentions(statement, elsewhere))
              silent.push(`${place(statement)}\n  with: ${statement.sql.join("; ")}\n  without: ${without[i]!.sql.join("; ")}`);
        }
        expect(silent.slice(0, 5), `${silent.length} statements`).toEqual([]);
      },
      LONG,
    );
  }
});

/** Rules that lose nothing: without them the statement says the same, but TiDB refuses it. */
const REFUSED_WITHOUT: Readonly<Record<string, string>> = {
  "constraints/check": "a second CHECK of one name is refused with error 3822",
  "indexes/expression": "other expressions in an index are refused with error 8200",
  "constraints/unique": "text that is too long for a key is refused with errors 1071 and 1170",
  "tables/drop-column": "a column in a key or a foreign key is not dropped: errors 8200 and 1828",
  "objects/drop": "what is not there is not dropped: errors 1051 and 4139",
  "tables/alter-if-exists": "TiDB passes over a column that is there as well, but refuses the keys that come with it: error 1064",
  "columns/generated": "a STORED column is not added to a table that is there: error 3106",
  "queries/group-expression": "an expression of GROUP BY within others is refused with error 1055",
  "indexes/foreign-key": "a second index of one name is refused with error 1061",
  "indexes/name": "names that are too long are refused with error 1059",
  "indexes/length": "text that is too long for a key is refused with errors 1071 and 1170",
};

/** Whether a statement came out otherwise without the rule, and nothing says so. */
function lost(rule: Rule, with_: StatementResult, without: StatementResult): boolean {
  // What the rule took out, with an error finding, is there without it.
  if (rule.id in REFUSED_WITHOUT || with_.findings.some((each) => each.rule === rule.id && each.severity === "error")) return false;
  if (hasError(without) || with_.sql.join(";\n") === without.sql.join(";\n")) return false;
  const told = with_.findings.map(({ text }) => text);
  if (without.findings.some(({ severity, text }) => severity === "warning" && !told.includes(text))) return false;
  // What a DROP has to do depends on what the statements before it, which have their findings, left there.
  if (without.kind.startsWith("DROP ")) return false;
  // What is no longer folded into another statement stands in its own place again, and that other statement says less.
  return rule.schema === undefined || (with_.sql.length === 0 && without.sql.length === 0);
}

/** The tables, views and types of which a statement comes out otherwise in one run, with an error finding, also under later names. */
function unlike(some: readonly StatementResult[], others: readonly StatementResult[]): ReadonlySet<string> {
  const names = new Set<string>();
  for (const [i, statement] of some.entries()) {
    const other = others[i]!;
    const text = statement.source.text.slice(statement.span.start, statement.span.end);
    const here = [...text.matchAll(NAMED)].flatMap(([, name]) => [plain(name!), prefixed(name!)]);
    const differs = hasError(statement) !== hasError(other) || (hasError(other) && statement.sql.join() !== other.sql.join());
    const renames = /\sRENAME\s+TO\s/i.test(text) && here.some((name) => names.has(name));
    if (differs || renames) for (const name of here) names.add(name);
  }
  return names;
}

const NAMED =
  /\b(?:TABLE|VIEW|TYPE|RENAME\s+TO|INDEX\b[^;()]*? ON)\s+(?:IF\s+(?:NOT\s+)?EXISTS\s+)?(?:ONLY\s+)?((?:(?:"[^"]+"|\w+)\.)?(?:"[^"]+"|\w+))/gi;

/** A name without quotes, schema and letter case. */
function plain(name: string): string {
  return name.replaceAll('"', "").replace(/^.*\./, "").toLowerCase();
}

/** A name with its schema before it, as TiDB has it. */
function prefixed(name: string): string {
  return name.replaceAll('"', "").replace(".", "_").toLowerCase();
}

/** Whether a statement has to do with one of the names, in either language. */
function mentions({ source, span, sql }: StatementResult, names: ReadonlySet<string>): boolean {
  const text = [source.text.slice(span.start, span.end), ...sql].join(" ").toLowerCase();
  return (text.match(/\w+/g) ?? []).some((word) => names.has(word));
}

/** The rule, noting in `used` when it changes anything. Handlers are pure: a rule that never did can be taken out without effect. */
function watched(rule: Rule, used: Set<string>): Rule {
  const watch = (handler: Handler): Handler => ({
    ...handler,
    run: (node, ctx) => {
      const outcome = handler.run(node, ctx);
      if (outcome) used.add(rule.id);
      return outcome;
    },
  });
  if (rule.schema) used.add(rule.id);
  return rule.on === undefined ? rule : { ...rule, on: (takes) => rule.on!(takes).map(watch) };
}

describe(`a clause nobody knows (${CORPUS})`, () => {
  it(
    "is reported, on whatever node of a statement it stands",
    async () => {
      const silent: string[] = [];
      let tried = 0;
      for (const group of SCHEMAS) {
        const plain = statementsOf(await convertGroup(group));
        const marked = new Map<string, readonly Node[]>();
        const onTree = (tree: Node, source: Source, { start }: { start: number }) => {
          const paths = pathsIn(tree);
          // Another node each time, the same in every run.
          const path = paths[(tried++ * 7919) % paths.length]!;
          Object.assign(path.at(-1)!, { surprise: "clause" });
          marked.set(`${source.name}:${start}`, path);
        };
        const result = statementsOf(await convert(group.sources, rules, { ...OPTIONS, onTree }));
        for (const [i, statement] of result.entries()) {
          const path = marked.get(`${statement.source.name}:${statement.span.start}`);
          // What is left out as a whole, with a finding, leaves out its clauses.
          if (path === undefined || hasError(statement) || plain[i]!.sql.length === 0) continue;
          silent.push(`${path.map(({ kind }) => kind).join(" > ")}: ${place(statement)}`);
        }
      }
      expect(byPath(silent), `${silent.length} of ${tried} statements`).toEqual([]);
    },
    LONG,
  );
});

/** One line for each path, with how often it occurs and one of the statements. */
function byPath(lines: readonly string[]): string[] {
  const groups = new Map<string, string[]>();
  for (const line of lines) {
    const path = line.slice(0, line.indexOf(":"));
    groups.set(path, [...(groups.get(path) ?? []), line]);
  }
  return [...groups.values()].sort((a, b) => b.length - a.length).map((group) => `${group.length} × ${group[0]}`);
}

/** Every node of a tree, as the nodes from the root to it. */
function pathsIn(node: Node, above: readonly Node[] = []): (readonly Node[])[] {
  const path = [...above, node];
  const paths: (readonly Node[])[] = [path];
  eachChild(node, (child) => paths.push(...pathsIn(child, path)));
  return paths;
}

const GARBAGE = "GARBAGE ( that no grammar takes )";

describe("a statement that cannot be read", () => {
  /** Statements that nothing else depends on. */
  const LEAVES = /^(INSERT|UPDATE|DELETE|SELECT|GRANT|REVOKE|COPY|psql|CREATE (FUNCTION|TRIGGER|VIEW|POLICY))/;

  for (const group of FIXTURES) {
    it(`costs nothing but itself in ${group.name}`, async () => {
      const source = group.sources[0]!;
      const before = statementsOf(await convertGroup(group));
      const others = before.filter(({ kind }) => LEAVES.test(kind));
      for (const victim of others) {
        const { start, end } = chunksOf(source).find(({ span }) => span.start === victim.span.start)!.span;
        const chunkEnd = chunksOf(source).find(({ span }) => span.start === victim.span.start)!.end;
        const text = `${source.text.slice(0, start)}${GARBAGE};${source.text.slice(Math.max(end, chunkEnd))}`;
        const after = statementsOf(await convertGroup({ ...group, sources: [{ ...source, text }] }));
        const rest = (all: readonly StatementResult[]) => all.filter((_, i) => i !== before.indexOf(victim)).map(brief);
        expect(rest(after), `without ${place(victim)}`).toEqual(rest(before));
        expect(hasError(after[before.indexOf(victim)]!)).toBe(true);
      }
    });
  }
});

function brief({ sql, outcome, findings }: StatementResult): unknown {
  return { sql, outcome, findings: findings.map(({ rule, message, text }) => [rule, message, text]) };
}
