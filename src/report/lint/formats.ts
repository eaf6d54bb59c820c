import type { Linted } from "../../linted.js";
import type { Paint } from "../colour.js";
import { renderLintJson } from "./json.js";
import { renderLintText } from "./text.js";

/** What every format is made from. */
export interface LintOutput {
  readonly linted: Linted;
  readonly paint: Paint;
  readonly quiet: boolean;
}

const BY_NAME = {
  text: renderLintText,
  json: renderLintJson,
} as const satisfies Readonly<Record<string, (output: LintOutput) => string>>;

export type LintFormat = keyof typeof BY_NAME;

/** The names of all formats. */
export const LINT_FORMATS = Object.keys(BY_NAME) as LintFormat[];

/** The whole of what goes to standard output. */
export function renderLint(format: LintFormat, output: LintOutput): string {
  return BY_NAME[format](output);
}
