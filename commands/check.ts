import { Args, Command, Flags, type Interfaces } from "@oclif/core";
import type { CheckedStatement } from "../src/app/check.js";
import { begin, convertSources } from "../src/cli/begin.js";
import { guarded } from "../src/cli/exit.js";
import { commonFlags, tell } from "../src/cli/flags.js";
import { type Checked, checkOnTidb, finish } from "../src/cli/run.js";
import { accountOf } from "../src/report/account.js";
import type { ReportInput } from "../src/report/model.js";
import type { Result } from "../src/result.js";
import type { Source } from "../src/source/text.js";

export default class Check extends Command {
  static override summary = "Applies SQL to a real TiDB and says what it makes of it.";
  static override description =
    `PostgreSQL files are converted in memory first: findings point at their lines, and what TiDB then holds is read back and compared with what the schema asks for. TiDB files are applied as they are.
A database of its own is made for the check and removed afterwards.
Exits with 0, or 1 when there are findings as severe as --fail-on, 2 on wrong usage, 3 when an input cannot be read, 4 when there is no TiDB to ask.`;
  static override examples = [
    { description: "Check what a PostgreSQL schema becomes", command: "<%= config.bin %> check schema.sql" },
    {
      description: "Check TiDB files on a server of yours",
      command: "TIDB_URL=mysql://root@127.0.0.1:4000 <%= config.bin %> check tidb/ --dialect tidb",
    },
    { description: "Without any TiDB, as far as that goes", command: "<%= config.bin %> check schema.sql --offline" },
  ];
  static override strict = false;
  static override args = {
    // Standard input is SQL, asked for by `-`; oclif would take it for the name of a file.
    input: Args.string({ description: "files, directories, globs, or - for standard input", required: true, ignoreStdin: true }),
  };
  static override flags = {
    dialect: Flags.option({
      summary: "what the files are written in; auto looks at each",
      options: ["auto", "postgres", "tidb"] as const,
      default: "auto",
    })(),
    offline: Flags.boolean({
      summary: "ask a parser instead of TiDB; it accepts a statement or does not know it, and never calls one wrong",
    }),
    ...commonFlags,
  };

  override async run(): Promise<void> {
    const { argv, flags } = await this.parse(Check);
    process.exitCode = await guarded(this, () => checkInputs(argv as string[], flags));
  }
}

type CheckFlags = Interfaces.InferredFlags<typeof Check.flags>;

async function checkInputs(args: readonly string[], flags: CheckFlags): Promise<number> {
  const { settings, sources } = await begin(args, flags);
  const tidb = new Set(sources.filter((source) => flags.dialect === "tidb" || (flags.dialect === "auto" && looksLikeTidb(source.text))));
  if (flags.dialect === "auto")
    for (const source of sources)
      tell(`${source.name}: read as ${tidb.has(source) ? "TiDB" : "PostgreSQL"} SQL (--dialect says otherwise)`);
  const postgres = sources.filter((source) => !tidb.has(source));
  const result = postgres.length === 0 ? null : await convertSources(postgres, settings, import("../rules/index.js"));
  const files = await Promise.all(sources.map((source) => (tidb.has(source) ? tidbFile(source) : convertedFile(source, result!))));
  const statements = files.flatMap((file) => file.checked);
  const input: ReportInput = { files, findings: result?.findings ?? [], account: accountOf(files.flatMap((file) => file.statements)) };

  if (flags.offline) return finish(input, await checkWithParser(statements), flags, settings.failOn);
  if (tidb.size > 0)
    tell("TiDB files come without a PostgreSQL schema to compare with: their statements are applied, nothing is read back for them");
  const checked = await checkOnTidb(
    statements,
    { session: result?.session ?? [], ...(result ? { expected: result.expected, absent: result.absent } : {}) },
    settings.tidb,
  );
  return finish(input, checked, flags, settings.failOn);
}

type CheckedFile = ReportInput["files"][number] & { readonly checked: readonly CheckedStatement[] };

function convertedFile(source: Source, { files }: Result): CheckedFile {
  const { statements } = files.find((file) => file.source === source)!;
  return { source, statements, checked: statements.flatMap(({ sql, span }) => sql.map((text) => ({ sql: text, source, span }))) };
}

/** TiDB statements are taken as they are, so that is what the account says of them; what TiDB refuses is in the verdict. */
async function tidbFile(source: Source): Promise<CheckedFile> {
  const { splitTidb } = await import("../src/app/check.js");
  const parts = splitTidb(source.text);
  return {
    source,
    statements: parts.map(({ sql, span }) => ({ span, kind: /^\w+(\s+\w+)?/.exec(sql)?.[0].toUpperCase() ?? "SQL", outcome: "as-is" })),
    checked: parts.map(({ sql, span }) => ({ sql, source, span })),
  };
}

async function checkWithParser(statements: readonly CheckedStatement[]): Promise<Checked> {
  const { checkOffline } = await import("../src/app/check.js");
  return { summary: { kind: "offline", ...(await checkOffline(statements)) }, findings: [] };
}

/** Comments, strings and COPY data: what stands in them says nothing about the dialect. A comment TiDB executes is no comment. */
const NOT_SQL = /^COPY\s[^;]*\sFROM\s+stdin\b[^;]*;[\s\S]*?^\\\.\r?$|--[^\n]*|\/\*(?!T?!)[\s\S]*?\*\/|'[^']*'|\$(\w*)\$[\s\S]*?\$\1\$/gim;
const TIDB_MARKS = /`|\/\*T?!|\bAUTO_INCREMENT\b|\bENGINE\s*=|\bCOLLATE\s*=?\s*utf8mb4/i;

function looksLikeTidb(text: string): boolean {
  return TIDB_MARKS.test(text.replace(NOT_SQL, " "));
}
