import { offlineParser } from "../targets/parser.js";

/** What a statement is that PostgreSQL's grammar refuses: TiDB's or MySQL's, or half of it still PostgreSQL's, which stands at `at`. */
export type OwnSql = { readonly kind: "tidb" } | { readonly kind: "half"; readonly at: number; readonly word: string };

/** What the MySQL grammar takes for names or types of its own, or for text: `"` quotes strings there. */
const POSTGRES =
  /"|::|\[\]|\b(?:(?:small|big)?serial\d?|jsonb|timestamptz|timetz|bytea|uuid(?!\s*\()|inet|cidr|macaddr|citext|hstore|tsvector|nextval|gen_random_uuid|with(?:out)?\s+time\s+zone)\b/i;

/** Words and quotes that only the MySQL family has. */
const MYSQL =
  /`|\b(?:auto_increment|auto_random|unsigned|zerofill|engine\s*=|enum\s*\(|on\s+update\s+current_timestamp|tinyint|mediumtext|longtext|datetime)/i;

const PLACEHOLDER = /\$\{|\{\{|<%/;

const QUOTED = /'(?:[^'\\]|''|\\.)*'|`[^`]*`|--[^\n]*|\/\*.*?\*\//gs;

let judge: ReturnType<typeof offlineParser> | undefined;

/** @returns undefined for what is neither */
export async function ownSql(text: string): Promise<OwnSql | undefined> {
  if (PLACEHOLDER.test(text)) return undefined;
  // Quoted text says nothing, but that it is quoted in this way does.
  const bare = text.replaceAll(QUOTED, (quoted) => (quoted.startsWith("`") ? "`" : " ").padEnd(quoted.length));
  if (!MYSQL.test(bare) && !/\b(?:key|index)\s+\w+\s*\(/i.test(bare)) return undefined;
  const half = POSTGRES.exec(bare);
  if (half) return { kind: "half", at: half.index, word: half[0] };
  judge ??= offlineParser();
  return (await judge)(text) === "accepted" ? { kind: "tidb" } : undefined;
}
