import { type Catalog, columnsDefined } from "../catalog/model.js";
import type { TypeOverride } from "../catalog/overrides.js";
import { CORE } from "../core.js";
import type { Data } from "../engine/contract.js";
import { finding } from "../engine/run.js";
import type { Finding } from "../finding.js";
import type { Source, Span } from "../source/text.js";
import { mapType } from "../types/map.js";
import { wordsFor } from "../types/targets.js";

/** A choice of a type, and where it stands. */
export interface PlacedOverride extends TypeOverride {
  readonly source: Source;
  readonly span: Span;
}

interface Use {
  decides: number;
  /** Columns that it matches and another decides. */
  shadowed: number;
  by: TypeOverride | undefined;
  /** The first column whose values the type cannot hold. */
  unfit: Finding | undefined;
}

/** What is to be said of the choices themselves: those that decide nothing, and those that cannot be. */
export function overrideFindings(final: Catalog, overrides: readonly PlacedOverride[]): Finding[] {
  if (overrides.length === 0) return [];
  const say = ({ source, span }: PlacedOverride, message: string, data: Data) => finding(CORE.configTypes, message, data, source, span);
  const uses = new Map<TypeOverride, Use>(overrides.map((o) => [o, { decides: 0, shadowed: 0, by: undefined, unfit: undefined }]));
  for (const column of columnsDefined(final)) {
    const types = column.changedFrom ? [column.type, column.changedFrom] : [column.type];
    for (const type of types) {
      const mapped = mapType(final, type, column);
      if (!mapped?.override) continue;
      const { by, shadowed, chosen } = mapped.override;
      const use = uses.get(by)!;
      use.decides++;
      if (!chosen)
        use.unfit ??= say(by as PlacedOverride, "unfit", {
          pattern: by.pattern,
          column: `${column.table.name}.${column.name}`,
          tidb: by.tidb,
          type: mapped.use.name,
          words: wordsFor(mapped.pg).join(", ") || "no other type here",
        });
      for (const other of shadowed) {
        const its = uses.get(other)!;
        its.shadowed++;
        its.by ??= by;
      }
    }
  }
  return overrides.flatMap((override) => {
    const { decides, shadowed, by, unfit } = uses.get(override)!;
    if (unfit) return [unfit];
    if (decides > 0) return [];
    const { pattern } = override;
    return by ? [say(override, "shadowed", { pattern, by: by.pattern, columns: shadowed })] : [say(override, "unused", { pattern })];
  });
}
