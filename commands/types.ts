import { Args, Command, Flags, type Interfaces } from "@oclif/core";
import { begin, convertSources } from "../src/cli/begin.js";
import { EXIT, guarded } from "../src/cli/exit.js";
import { commonFlags, conversionFlags, paintFor, tell } from "../src/cli/flags.js";
import { buildReport, reaches } from "../src/report/model.js";
import { renderTerminal } from "../src/report/terminal.js";
import { typeRows, typesJson, typesText } from "../src/report/types.js";

export default class Types extends Command {
  static override summary = "Shows which TiDB type each column gets, what decided it, and what may be lost.";
  static override description =
    `Reads schemas as convert does and prints a line for every column there is at their end: its PostgreSQL type, its TiDB type, the rule or
the entry of the configuration that decided, and the messages of what may be lost (pg2tidb explain tells what they mean).
Exits with 0, or 1 when a type's finding is as severe as --fail-on, 2 on wrong usage, 3 when an input cannot be read.`;
  static override examples = [
    "<%= config.bin %> types schema.sql",
    { description: "Those that may lose something", command: "<%= config.bin %> types migrations/ --losses" },
    { description: "Any pg_dump", command: "pg_dump -s mydb | <%= config.bin %> types - --format json" },
  ];
  static override strict = false;
  static override args = {
    input: Args.string({ description: "files, directories, globs, or - for standard input", required: true, ignoreStdin: true }),
  };
  static override flags = {
    losses: Flags.boolean({ summary: "only columns that may lose something" }),
    format: Flags.option({ summary: "text for people, json for machines", options: ["text", "json"] as const, default: "text" })(),
    "fail-on": commonFlags["fail-on"],
    ...conversionFlags,
  };

  override async run(): Promise<void> {
    const { argv, flags } = await this.parse(Types);
    process.exitCode = await guarded(this, () => showTypes(argv as string[], flags));
  }
}

async function showTypes(args: readonly string[], flags: Interfaces.InferredFlags<typeof Types.flags>): Promise<number> {
  const { settings, sources } = await begin(args, flags);
  const rules = import("../rules/index.js");
  const result = await convertSources(sources, settings, rules);
  const all = typeRows(result.columns, (await rules).default);
  const rows = flags.losses ? all.filter(({ losses }) => losses.length > 0) : all;
  process.stdout.write(flags.format === "json" ? typesJson(rows) : typesText(rows, paintFor(process.stdout, flags)));

  const ofConfig = result.findings.filter(({ rule }) => rule === "config/types");
  const paint = paintFor(process.stderr, flags);
  if (ofConfig.length > 0) process.stderr.write(renderTerminal(buildReport({ ...result, findings: ofConfig }), { paint }));
  const lossy = all.filter(({ losses }) => losses.length > 0).length;
  tell(`${all.length} columns, ${lossy} of which may lose something`);
  const judged = [...all.flatMap(({ severity }) => (severity === null ? [] : [{ severity }])), ...ofConfig];
  return reaches(judged, settings.failOn) ? EXIT.findings : EXIT.ok;
}
