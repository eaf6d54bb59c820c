import type { Severity } from "../../finding.js";
import type { Linted } from "../../linted.js";
import type { Paint } from "../colour.js";

/** What every format is made from. */
export interface LintOutput {
  readonly linted: Linted;
  readonly paint: Paint;
  readonly quiet: boolean;
  /** What there is to say of a rule, by its id. */
  readonly about: (rule: string) => RuleText | undefined;
  /** This program's; undefined where it does not matter. */
  readonly version?: string | undefined;
}

/** A rule, a trace, or a finding that no rule makes, for those who never heard of it. */
export interface RuleText {
  readonly construct: string;
  readonly why: string;
  /** The worst that it can say. */
  readonly severity: Severity;
  readonly url?: string | undefined;
}

/** Each is loaded when it is asked for: some bring a package along. */
const BY_NAME = {
  text: async () => (await import("./text.js")).renderLintText,
  json: async () => (await import("./json.js")).renderLintJson,
  sarif: async () => (await import("./sarif.js")).renderSarif,
  github: async () => (await import("./github.js")).renderGithub,
  gitlab: async () => (await import("./gitlab.js")).renderGitlab,
  junit: async () => (await import("./junit.js")).renderJunit,
  checkstyle: async () => (await import("./checkstyle.js")).renderCheckstyle,
  agent: async () => (await import("./agent.js")).renderAgent,
} as const satisfies Readonly<Record<string, () => Promise<(output: LintOutput) => string>>>;

export type LintFormat = keyof typeof BY_NAME;

/** The names of all formats. */
export const LINT_FORMATS = Object.keys(BY_NAME) as LintFormat[];

/** Formats whose last line is what was looked at; beside the others it is told on stderr. */
export const TELL_COVERAGE: readonly LintFormat[] = ["text", "github", "agent"];

/** The whole of what goes to standard output. */
export async function renderLint(format: LintFormat, output: LintOutput): Promise<string> {
  return (await BY_NAME[format]())(output);
}
