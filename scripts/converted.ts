import { convert } from "../src/app/convert.js";
import type { Finding } from "../src/finding.js";
import type { Rule } from "../src/rule.js";
import { holdsQuery, type ProjectQueries } from "./projects.js";
import type { Converted } from "./proof-figures.js";

/** Why queries are not in the output: a finding, with where its statements are. */
export interface Cause {
  readonly text: string;
  readonly places: readonly string[];
}

/** How many queries of a project convert where they stand, and what keeps the others, the commonest cause first. */
export async function countConverted(
  { schema, files }: ProjectQueries,
  rules: readonly Rule[],
): Promise<Converted & { readonly causes: readonly Cause[] }> {
  const result = await convert([...schema, ...files], rules, { postgres: "18", target: "8.5.6" });
  const causes = new Map<string, string[]>();
  let [statements, converted] = [0, 0];
  for (const { source, statements: all } of result.files)
    for (const { span, findings } of all) {
      if (!holdsQuery(source.text.slice(span.start, span.end))) continue;
      statements++;
      const errors = new Set(findings.filter(({ severity }) => severity === "error").map(causeText));
      if (errors.size === 0) converted++;
      const line = source.text.slice(0, span.start).split("\n").length;
      for (const cause of errors) causes.set(cause, [...(causes.get(cause) ?? []), `${source.name}:${line}`]);
    }
  const sorted = [...causes].map(([text, places]) => ({ text, places })).sort((a, b) => b.places.length - a.places.length);
  return { statements, converted, causes: sorted };
}

const causeText = ({ rule, text }: Finding): string => `${rule}: ${text}`;
