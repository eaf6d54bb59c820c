import { buffer } from "node:stream/consumers";
import type { ConvertOptions } from "../app/convert/pass.js";
import type { Config, LintConfig } from "../config/config.js";
import type { Rule } from "../engine/contract.js";
import type { Severity } from "../finding.js";
import type { Result } from "../result.js";
import type { Source } from "../source/text.js";
import { UsageError } from "./exit.js";
import { assertReportFormats, type CommonFlags, tell } from "./flags.js";
import type { Inputs } from "./inputs.js";
import { assertSql } from "./run.js";

/** What a run goes by: flags before the environment, that before the project's file, that before what is built in. */
export interface Settings {
  readonly conversion: ConvertOptions;
  readonly failOn: Severity;
  readonly tidb: string | undefined;
  readonly lint: LintConfig | undefined;
}

/** A command's settings and inputs. */
export interface Begun {
  readonly settings: Settings;
  readonly inputs: Inputs["inputs"];
  readonly sources: readonly Source[];
}

type SettingFlags = Pick<CommonFlags, "postgres" | "target" | "config" | "no-config"> & Partial<CommonFlags>;

/**
 * What every command that reads SQL does first: works its settings out, and reads its inputs.
 * @throws UsageError for flags or a configuration that cannot be meant, InputError for inputs that cannot be read
 */
export async function begin(args: readonly string[], flags: SettingFlags): Promise<Begun> {
  const settings = await settingsOf(flags);
  assertReportFormats(flags.report);
  const { readInputs } = await import("./inputs.js");
  const { inputs, notes } = await readInputs(args, { stdin: () => buffer(process.stdin) });
  for (const note of notes) tell(note);
  return { settings, inputs, sources: inputs.map(({ source }) => source) };
}

/** @throws UsageError for a TiDB release the rules were not proven on, or a configuration with a mistake */
export async function settingsOf(flags: SettingFlags): Promise<Settings> {
  if (flags.config !== undefined && flags["no-config"]) throw new UsageError("--config and --no-config exclude each other");
  const config = await configOf(flags);
  const target = flags.target ?? config.target ?? "8.5.6";
  const version = target.replace(/^v/, "");
  if (!/^8\.5\.\d+$/.test(version)) throw new UsageError(`--target ${target} is not supported: give 8.5.0 or a later 8.5, such as 8.5.6`);
  return {
    conversion: {
      postgres: flags.postgres ?? config.postgres ?? "18",
      target: version,
      schemas: flags.schemas ?? config.schemas ?? "prefix",
      overrides: config.types,
      accept: config.accept,
    },
    failOn: flags["fail-on"] ?? config.failOn ?? "error",
    tidb: flags.tidb ?? config.tidb,
    lint: config.lint,
  };
}

/** The parser and the schema of the file are only loaded where there is one. */
async function configOf(flags: SettingFlags): Promise<Config> {
  const cwd = process.cwd();
  if (flags.config === undefined) {
    const { findConfig, NO_CONFIG } = await import("../config/find.js");
    const found = flags["no-config"] ? undefined : await findConfig(cwd);
    return found ? (await import("../config/config.js")).readConfig(found, cwd) : NO_CONFIG;
  }
  return (await import("../config/config.js")).loadConfig(flags.config, cwd);
}

/**
 * Converts with all of its costs paid only now: the parser, and the rules.
 * @throws InputError where an input is not SQL at all
 */
export async function convertSources(
  sources: readonly Source[],
  { conversion }: Settings,
  rules: Promise<{ readonly default: readonly Rule[] }>,
): Promise<Result> {
  const [{ convert }, { default: all }, { besideThread: beside }] = await Promise.all([
    import("../app/convert.js"),
    rules,
    import("./convert-threads.js"),
  ]);
  const result = await convert(sources, all, { ...conversion, ...(beside && { beside }) });
  assertSql(result.files);
  return result;
}
