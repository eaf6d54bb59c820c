import type { Catalog, Column } from "../catalog/model.js";
import type { TypeName } from "../pg/ast.js";
import { typeName } from "../pg/names.js";
import type { ColumnChoice } from "../result.js";
import { mapType, modifiers } from "../types/map.js";

/** Names people know for those of the parser. */
const SPELT: Readonly<Record<string, string>> = {
  int2: "smallint",
  int4: "integer",
  int8: "bigint",
  float4: "real",
  float8: "double precision",
  bool: "boolean",
  bpchar: "char",
};

/** What becomes of the type of every column there is at the end of the input, and what decided it. */
export function columnChoices(final: Catalog): ColumnChoice[] {
  return [...final.tables.values()].flatMap((table) =>
    [...table.columns.values()].map((column) => ({
      table: table.schema === "public" ? table.name : `${table.schema}.${table.name}`,
      column: column.name,
      type: written(column.type),
      ...choiceOf(final, column),
    })),
  );
}

function choiceOf(final: Catalog, column: Column): Pick<ColumnChoice, "tidb" | "rule" | "messages" | "by"> {
  const mapped = mapType(final, column.type, column);
  if (!mapped) return { tidb: null, rule: null, messages: [] };
  const chosen = mapped.override?.chosen;
  if (!chosen) return { tidb: mapped.sql ?? null, rule: `types/${mapped.row.id}`, messages: mapped.row.findings?.(mapped.use) ?? [] };
  const { pattern, place } = mapped.override.by;
  return { tidb: chosen.sql, rule: "types/override", messages: chosen.losses, by: { pattern, place } };
}

function written(type: TypeName): string {
  const { schema, name } = typeName(type);
  const mods = modifiers(type);
  const parentheses = mods.length > 0 ? `(${mods.join(",")})` : "";
  return `${schema === undefined || schema === "public" ? "" : `${schema}.`}${SPELT[name] ?? name}${parentheses}${type.arrayBounds?.length ? "[]" : ""}`;
}
