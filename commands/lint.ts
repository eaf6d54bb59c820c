import { Args, Command, Flags } from "@oclif/core";
import { settingsOf } from "../src/cli/begin.js";
import { guarded } from "../src/cli/exit.js";
import { conversionFlags, paintFor } from "../src/cli/flags.js";
import { runLint } from "../src/cli/lint.js";
import { LINT_FORMATS } from "../src/report/lint/formats.js";

export default class Lint extends Command {
  static override summary = "Finds PostgreSQL in a code base: SQL in code, migrations, drivers, URLs, images, scripts.";
  static override description =
    `SQL in code is found by parsers of the languages and judged by the rules that convert it; every place has its TiDB form beside it. Files that .gitignore names are left out.
Every run ends with what was looked at: how many SQL strings were checked, and how many could not be judged.
A finding passes by a comment beside it, "pg2tidb-ignore rule/id: reason", or by a baseline.
Exits with 0, or 1 when there are findings as severe as --fail-on, 2 on wrong usage, 3 when a path cannot be read.`;
  static override examples = [
    { description: "Look through the code base", command: "<%= config.bin %> lint" },
    { description: "Is anything of PostgreSQL left?", command: "<%= config.bin %> lint --zero" },
    { description: "What is staged for the next commit", command: "<%= config.bin %> lint --staged" },
    { description: "Rewrite what means the same", command: "<%= config.bin %> lint src --fix" },
    { description: "For GitHub's code scanning", command: "<%= config.bin %> lint --format sarif > pg2tidb.sarif" },
  ];
  static override strict = false;
  static override args = {
    paths: Args.string({ description: "files and folders; the working directory if nothing is said", ignoreStdin: true }),
  };
  static override flags = {
    schema: Flags.string({
      summary: "the schema that queries are judged by, a file or folder of SQL; otherwise the migrations found in the tree",
      helpValue: "PATH",
      multiple: true,
      multipleNonGreedy: true,
    }),
    zero: Flags.boolean({ summary: "find every mention of PostgreSQL, however harmless" }),
    format: Flags.option({ summary: "how findings are told, on stdout", options: LINT_FORMATS, default: "text" })(),
    fix: Flags.boolean({
      summary: "rewrite what means the same: SQL, URLs, images, ports",
      exclusive: ["fix-dry-run", "staged", "stdin-filename"],
    }),
    "fix-dry-run": Flags.boolean({ summary: "show as a diff what --fix would rewrite" }),
    baseline: Flags.string({
      summary: "a file of known findings: only others count, and those that are gone must be taken out",
      helpValue: "FILE",
    }),
    "update-baseline": Flags.boolean({ summary: "write the findings of this run into the baseline", dependsOn: ["baseline"] }),
    "max-warnings": Flags.integer({ summary: "exit with 1 when there are more warnings than this", min: 0 }),
    changed: Flags.string({
      summary: "only files that differ from a commit of git; from HEAD for --changed HEAD",
      helpValue: "REF",
      exclusive: ["staged"],
    }),
    staged: Flags.boolean({ summary: "only files that are staged for the next commit, as they are staged" }),
    "stdin-filename": Flags.string({ summary: "read one file from standard input, under this name", helpValue: "FILE" }),
    "fail-on": Flags.option({
      summary: "exit with 1 when there is a finding this severe or worse; note if nothing is said, as code with any does not run on TiDB",
      options: ["note", "warning", "error"] as const,
    })(),
    "no-cache": Flags.boolean({ summary: "do not use what earlier runs found out about files that are the same" }),
    quiet: Flags.boolean({ summary: "tell only errors and what was looked at" }),
    ...conversionFlags,
  };

  override async run(): Promise<void> {
    const { argv, flags } = await this.parse(Lint);
    process.exitCode = await guarded(this, async () => {
      const settings = await settingsOf(flags);
      return runLint(argv as string[], flags, settings, paintFor(process.stdout, flags), async () => ({
        ...(await tables()),
        version: this.config.version,
      }));
    });
  }
}

async function tables() {
  const [{ default: rules }, { TRACES: traces }] = await Promise.all([import("../rules/index.js"), import("../traces/index.js")]);
  return { rules, traces };
}
