import { ARRAY_ROW, ENUM_ROW, error, mapType, note, type RuleSpec, rule, TYPE_ROWS, tidbText, type TypeRow, warning } from "../src/rule.js";

type Message = ReturnType<typeof note>;

/** What a reader must know of a type, beside the row of facts in the type table. */
interface Text {
  readonly construct: string;
  readonly why: string;
  readonly messages?: Readonly<Record<string, Message>>;
  readonly examples: RuleSpec<string>["examples"];
}

const column = (pg: string, tidb: string, findings: readonly string[] = []) => ({
  pg: `CREATE TABLE t (c ${pg})`,
  tidb: `CREATE TABLE t (\n  c ${tidb}\n) COLLATE utf8mb4_0900_bin`,
  findings,
});

const TEXTS: Readonly<Record<string, Text>> = {
  integer: { construct: "integer", why: "The same range, 32 bits.", examples: [column("int", "INT"), column("integer", "INT")] },
};

function typeRule(row: TypeRow): RuleSpec<string> {
  const text = TEXTS[row.id];
  if (!text) throw new Error(`The type row "${row.id}" has no texts in rules/types.ts.`);
  return rule({
    construct: text.construct,
    why: text.why,
    docs: { pg: "https://www.postgresql.org/docs/current/datatype.html", tidb: "https://docs.pingcap.com/tidb/stable/data-type-overview" },
    messages: text.messages ?? {},
    on: (takes) => [
      takes("TypeName", ["names", "typmods", "arrayBounds"], (type, ctx) => {
        const def = ctx.within("ColumnDef");
        if (!def) return;
        const own = ctx.column(def);
        const mapped = mapType(ctx.catalog, type, own);
        if (mapped?.row !== row) return;
        const data = { column: def.colname ?? own?.name ?? "", type: mapped.use.name, tidb: mapped.sql ?? "" };
        const message = row.finding?.(mapped.use);
        if (mapped.sql === undefined) return;
        return ctx.replace(tidbText(mapped.sql), message, data);
      }),
    ],
    examples: text.examples,
  });
}

/** One rule for every row of the type table, `types/<row>`. */
export const typeRules: Readonly<Record<string, RuleSpec<string>>> = Object.fromEntries(
  [...TYPE_ROWS, ARRAY_ROW, ENUM_ROW].filter((row) => TEXTS[row.id]).map((row) => [`types/${row.id}`, typeRule(row)]),
);
void error;
void warning;
