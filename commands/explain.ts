import { Args, Command, Flags, type Interfaces } from "@oclif/core";
import { EXIT, guarded, UsageError } from "../src/cli/exit.js";
import { paintFor } from "../src/cli/flags.js";
import { BUILTINS } from "../src/report/builtins.js";
import { type Explainable, explainJson, explainText, listText } from "../src/report/explain.js";
import { nearest } from "../src/report/near.js";

export default class Explain extends Command {
  static override summary = "Says why a rule does what it does, with examples; without a rule, lists all of them.";
  static override description = "The rule is what stands after the severity in a finding: indexes/gin, core/unconverted, check/refused.";
  static override examples = [
    "<%= config.bin %> explain",
    "<%= config.bin %> explain indexes/gin",
    "<%= config.bin %> explain check/read-back --format json",
  ];
  static override args = { rule: Args.string({ description: "the id of a rule", ignoreStdin: true }) };
  static override flags = {
    format: Flags.option({ summary: "text for people, json for machines", options: ["text", "json"] as const, default: "text" })(),
    "no-color": Flags.boolean({ summary: "no colours; NO_COLOR in the environment does the same" }),
  };

  override async run(): Promise<void> {
    const { args, flags } = await this.parse(Explain);
    process.exitCode = await guarded(this, () => explain(args.rule, flags));
  }
}

async function explain(id: string | undefined, flags: Interfaces.InferredFlags<typeof Explain.flags>): Promise<number> {
  const { default: rules } = await import("../rules/index.js");
  const all: readonly Explainable[] = [...rules, ...BUILTINS];
  const paint = paintFor(process.stdout, flags);
  const toJson = (value: object) => `${JSON.stringify(value, null, 2)}\n`;
  if (id === undefined) {
    process.stdout.write(flags.format === "json" ? toJson(all.map(explainJson)) : listText(all, paint));
    return EXIT.ok;
  }
  const rule = all.find((candidate) => candidate.id === id);
  if (rule === undefined) throw new UsageError(unknownRule(id, all));
  process.stdout.write(flags.format === "json" ? toJson(explainJson(rule)) : explainText(rule, paint));
  return EXIT.ok;
}

function unknownRule(id: string, all: readonly Explainable[]): string {
  const near = nearest(
    id,
    all.map((rule) => rule.id),
  );
  return `there is no rule ${id}; ${near.length > 0 ? `did you mean ${near.join(" or ")}?` : "pg2tidb explain lists them"}`;
}
