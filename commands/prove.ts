import { buffer } from "node:stream/consumers";
import { Args, Command, Flags, type Interfaces } from "@oclif/core";
import { settingsOf } from "../src/cli/begin.js";
import { EXIT, guarded, UsageError } from "../src/cli/exit.js";
import { commonFlags, conversionFlags, paintFor, tell } from "../src/cli/flags.js";
import { proofJson, renderProof, summaryLine } from "../src/report/prove.js";
import type { Source } from "../src/source/text.js";

export default class Prove extends Command {
  static override summary = "Runs queries on PostgreSQL and, converted, on TiDB, and compares their rows.";
  static override description =
    `The schema is loaded into a PostgreSQL (an embedded one, or the one of --postgres) and, converted, into a TiDB; both get the same rows. Each query then runs on both, in a transaction that is rolled back, and what it returns and leaves is compared by value and, where the query has an ORDER BY, in its order.
Databases of their own are made for this and removed afterwards.
Exits with 0, or 1 when a query without a warning differs or is refused by TiDB, 2 on wrong usage, 3 when an input cannot be read or none of the data can be loaded, 4 when an engine is missing or lost.`;
  static override examples = [
    { description: "Prove an application's queries on rows made up for it", command: "<%= config.bin %> prove schema.sql queries/" },
    { description: "Over rows of your own", command: "<%= config.bin %> prove schema.sql queries.sql --data sample.sql" },
    {
      description: "On servers of yours",
      command:
        "<%= config.bin %> prove migrations/ queries.sql --postgres postgres://me@127.0.0.1/postgres --tidb mysql://root@127.0.0.1:4000",
    },
  ];
  static override strict = false;
  static override args = {
    schema: Args.string({ description: "the PostgreSQL schema: a file, a directory, a glob, or -", required: true, ignoreStdin: true }),
    queries: Args.string({ description: "files, directories or globs of queries, or -", required: true, ignoreStdin: true }),
  };
  static override flags = {
    data: Flags.string({
      summary: "the rows to run over: PostgreSQL SQL (INSERT, COPY), or generate",
      helpValue: "FILE",
      default: "generate",
    }),
    seed: Flags.integer({
      summary: "what generated rows are chosen by; the same seed gives the same rows on the same day",
      min: 0,
      default: 1,
    }),
    rows: Flags.integer({ summary: "how many rows to generate for each table", min: 1, max: 1000, default: 16 }),
    timeout: Flags.integer({ summary: "seconds that one statement may take", min: 1, default: 20, helpValue: "SECONDS" }),
    postgres: Flags.string({
      summary: "URL of a PostgreSQL to run on (postgres://user:password@host:port/database); a database of its own is made there",
      helpValue: "URL",
      env: "POSTGRES_URL",
      noCacheDefault: true,
    }),
    grammar: Flags.option({
      summary: "the PostgreSQL grammar to read with first: 16 for servers up to 16; 18 if nothing is said",
      options: ["18", "16"] as const,
    })(),
    tidb: commonFlags.tidb,
    target: conversionFlags.target,
    config: conversionFlags.config,
    "no-config": conversionFlags["no-config"],
    format: Flags.string({ summary: "text for people, json for machines", options: ["text", "json"], default: "text" }),
    quiet: Flags.boolean({ summary: "leave out queries whose rows are the same" }),
    "no-color": conversionFlags["no-color"],
  };

  override async run(): Promise<void> {
    const { argv, flags } = await this.parse(Prove);
    process.exitCode = await guarded(this, () => proveInputs(argv as string[], flags));
  }
}

type ProveFlags = Interfaces.InferredFlags<typeof Prove.flags>;

async function proveInputs([first, ...rest]: readonly string[], flags: ProveFlags): Promise<number> {
  if (first === undefined || rest.length === 0) throw new UsageError("give the schema first, and then the queries to prove");
  const settings = await settingsOf({ ...flags, postgres: flags.grammar });
  const schema = await read([first]);
  const queries = await read(rest);
  const data = flags.data === "generate" ? undefined : await read([flags.data]);

  const [{ prove }, { openTarget }, { openPostgresFor }, { default: rules }] = await Promise.all([
    import("../src/app/prove.js"),
    import("../src/app/engine.js"),
    import("../src/app/postgres.js"),
    import("../rules/index.js"),
  ]);
  const target = await openTarget({ ...(settings.tidb === undefined ? {} : { url: settings.tidb }), build: true, log: tell });
  try {
    const postgres = await openPostgresFor(schema, flags.postgres);
    try {
      const report = await prove(postgres, target, schema, queries, rules, {
        ...settings.conversion,
        // All of the proof's tables stand in one database.
        schemas: "prefix",
        ...(data === undefined ? {} : { data }),
        seed: flags.seed,
        rows: flags.rows,
        today: new Date().toISOString().slice(0, 10),
        timeout: flags.timeout * 1000,
        log: tell,
        onProgress: showProgress,
      });
      clearProgress();
      if (flags.format === "json") {
        process.stdout.write(proofJson(report));
        tell(summaryLine(report.queries));
      } else process.stdout.write(renderProof(report, { paint: paintFor(process.stdout, flags), quiet: flags.quiet }));
      return report.queries.some(({ outcome }) => outcome === "differs" || outcome === "refused") ? EXIT.findings : EXIT.ok;
    } finally {
      clearProgress();
      await postgres.close();
    }
  } finally {
    await target.close();
  }
}

async function read(paths: readonly string[]): Promise<Source[]> {
  const { readInputs } = await import("../src/cli/inputs.js");
  const { inputs, notes } = await readInputs(paths, { stdin: () => buffer(process.stdin) });
  for (const note of notes) tell(note);
  return inputs.map(({ source }) => source);
}

const CLEAR_LINE = "\r\u001b[K";

function clearProgress(): void {
  if (process.stderr.isTTY) process.stderr.write(CLEAR_LINE);
}

/** A counter in place, on a terminal only. */
function showProgress(what: string, done: number, total: number): void {
  if (process.stderr.isTTY) process.stderr.write(`${CLEAR_LINE}${what}: ${done} of ${total}`);
}
