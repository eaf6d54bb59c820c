import type { Span } from "../source/text.js";

/** One statement of a file and where it stands. */
export interface TidbStatement {
  /** Without its semicolon and without comments before it. */
  readonly sql: string;
  readonly span: Span;
}

/** What a text is made of. Among the comments, only executed ones (marked `!` or `T!`) and hints (`+`) are SQL. */
const TOKEN = new RegExp(
  [
    String.raw`(?<comment>/\*(?!!|T!|\+)[^]*?(?:\*/|$)|#.*|--(?=\s|$).*)`,
    "(?<end>;)",
    String.raw`(?<space>\s+)`,
    String.raw`(?<string>'[^'\\]*(?:(?:\\[^]|'')[^'\\]*)*(?:'|$)|"[^"\\]*(?:(?:\\[^]|"")[^"\\]*)*(?:"|$))`,
    "(?<name>`(?:[^`]+|``)*(?:`|$))",
    String.raw`(?<executed>/\*[^]*?(?:\*/|$))`,
    String.raw`(?<rest>[^'"${"`"};\s#/-]+|[^])`,
  ].join("|"),
  "gy",
);

/**
 * The statements of a file of MySQL or TiDB SQL: strings with backslash escapes, backquotes, and the three kinds of comments are
 * understood; a string or comment that does not end takes the rest of the text. DELIMITER is a command of the mysql client, not SQL.
 */
export function splitTidb(text: string): TidbStatement[] {
  const statements: TidbStatement[] = [];
  let start = -1;
  let end = -1;
  const finish = () => {
    if (start >= 0) statements.push({ sql: text.slice(start, end), span: { start, end } });
    start = -1;
  };
  for (const token of text.matchAll(TOKEN)) {
    const { comment, end: semicolon, space } = token.groups ?? {};
    if (semicolon !== undefined) finish();
    if ((comment ?? semicolon ?? space) !== undefined) continue;
    if (start < 0) start = token.index;
    end = token.index + token[0].length;
  }
  finish();
  return statements;
}
