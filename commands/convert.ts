import { statSync } from "node:fs";
import { Args, Command, Flags, type Interfaces } from "@oclif/core";
import type { CheckedStatement } from "../src/app/check.js";
import { begin, convertSources } from "../src/cli/begin.js";
import { guarded } from "../src/cli/exit.js";
import { commonFlags, paintFor, tell } from "../src/cli/flags.js";
import type { Inputs } from "../src/cli/inputs.js";
import { checkOnTidb, finish } from "../src/cli/run.js";
import type { FileResult, Result } from "../src/result.js";

export default class Convert extends Command {
  static override summary = "Converts PostgreSQL SQL to TiDB SQL, and accounts for every statement.";
  static override description =
    `Reads schemas, dumps and queries, and prints what they become in TiDB. Findings and the account go to stderr, the SQL to stdout or to --output.
Nothing is dropped in silence: what has no counterpart stays in the output as a comment, with a finding that says what to do.
Exits with 0, or 1 when there are findings as severe as --fail-on, 2 on wrong usage, 3 when an input cannot be read, 4 when there is no TiDB to check on.`;
  static override examples = [
    { description: "Convert a schema", command: "<%= config.bin %> convert schema.sql --output tidb.sql" },
    {
      description: "Convert what pg_dump writes, and check it on a TiDB",
      command: "pg_dump --schema-only mydb | <%= config.bin %> convert - --check --output tidb.sql",
    },
    {
      description: "Convert a folder of migrations, with a report to read",
      command: "<%= config.bin %> convert migrations/ --output tidb/ --report report.html",
    },
    {
      description: "Make one file of a folder of migrations",
      command: "<%= config.bin %> convert migrations/ --squash --output schema.sql",
    },
    { description: "See what would change", command: "<%= config.bin %> convert schema.sql --diff" },
  ];
  static override strict = false;
  static override args = {
    // Standard input is SQL, asked for by `-`; oclif would take it for the name of a file.
    input: Args.string({ description: "files, directories, globs, or - for standard input", required: true, ignoreStdin: true }),
  };
  static override flags = {
    output: Flags.string({
      char: "o",
      summary: "write the SQL there instead of to stdout: a file for one input, a directory for several or with a / at its end",
      helpValue: "PATH",
    }),
    diff: Flags.boolean({ summary: "print a unified diff instead of the SQL", exclusive: ["format"] }),
    squash: Flags.boolean({
      summary: "write the schema at the end of the history as one file, instead of the history; rows are left out",
      exclusive: ["diff"],
    }),
    check: Flags.boolean({ summary: "apply the result to a real TiDB and read the schema back" }),
    ...commonFlags,
  };

  override async run(): Promise<void> {
    const { argv, flags } = await this.parse(Convert);
    process.exitCode = await guarded(this, () => convertInputs(argv as string[], flags));
  }
}

type ConvertFlags = Interfaces.InferredFlags<typeof Convert.flags>;

async function convertInputs(args: readonly string[], flags: ConvertFlags): Promise<number> {
  const { settings, inputs, sources } = await begin(args, flags);
  const conversion = { ...settings.conversion, squash: flags.squash };
  const result = await convertSources(sources, { ...settings, conversion }, import("../rules/index.js"));
  // Before the check: what is converted must not be lost when there is no engine, or nobody waits for it.
  if (flags.output !== undefined) await writeOutput(flags.output, result, inputs);
  if (flags.diff) await printDiff(result.files, flags);
  else if (flags.output === undefined && flags.format === "text") process.stdout.write(result.squashed?.output ?? joinFiles(result.files));

  const { session, expected, absent } = result;
  const checked = flags.check ? await checkOnTidb(statementsOf(result), { session, expected, absent }, settings.tidb) : null;
  return finish(result, checked, flags, settings.failOn);
}

/** Several inputs make a directory; one makes a file, unless a directory is meant. */
async function writeOutput(output: string, { files, squashed }: Result, inputs: Inputs["inputs"]): Promise<void> {
  const { writeAll, writeAtomically } = await import("../src/cli/output.js");
  const names = inputs.map(({ source }) => source.name);
  if (squashed) return writeAtomically(output, squashed.output, names);
  const one = files.length === 1 && !/[/\\]$/.test(output) && !statSync(output, { throwIfNoEntry: false })?.isDirectory();
  if (one) return writeAtomically(output, files[0]!.output, names);
  const outputs = inputs.map(({ source, relative }) => ({ relative, text: files.find((file) => file.source === source)!.output }));
  return writeAll(output, outputs, names);
}

/** One file as it is; several with the name of each before it. */
function joinFiles(files: readonly FileResult[]): string {
  if (files.length === 1) return files[0]!.output;
  return files.map(({ source, output }) => `-- file: ${source.name.replace(/[\r\n]/g, " ")}\n${output.replace(/\n*$/, "\n")}`).join("\n");
}

async function printDiff(files: readonly FileResult[], flags: ConvertFlags): Promise<void> {
  const { unifiedDiff } = await import("../src/report/diff.js");
  for (const { source, output } of files) {
    const { text, exact } = unifiedDiff(source.name, source.text, output, paintFor(process.stdout, flags));
    process.stdout.write(text);
    if (!exact) tell(`${source.name}: too much has changed for a line by line diff, so it shows the whole file replaced`);
  }
}

function statementsOf({ files, squashed }: Result): readonly CheckedStatement[] {
  return (
    squashed?.statements ??
    files.flatMap(({ statements }) => statements.flatMap(({ sql, source, span }) => sql.map((text) => ({ sql: text, source, span }))))
  );
}
