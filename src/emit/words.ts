/**
 * Words TiDB 8.5.6 reserves (`SELECT word FROM information_schema.keywords WHERE reserved = 1`), and six that it refuses as names without saying so
 * there: dec, schema, schemas, sql_buffer_result, sql_cache, sql_no_cache (error 1064).
 */
const RESERVED = new Set(
  `
  add all alter analyze and array as asc between bigint binary blob both by call cascade case change char character check collate column
  constraint continue convert create cross cume_dist current_date current_role current_time current_timestamp current_user cursor
  database databases day_hour day_microsecond day_minute day_second dec decimal default delayed delete dense_rank desc describe distinct
  distinctrow div double drop dual else elseif enclosed escaped except exists exit explain false fetch first_value float float4 float8
  for force foreign from fulltext generated grant group groups having high_priority hour_microsecond hour_minute hour_second if ignore
  ilike in index infile inner inout insert int int1 int2 int3 int4 int8 integer intersect interval into is iterate join key keys kill
  lag last_value lead leading leave left like limit linear lines load localtime localtimestamp lock long longblob longtext low_priority
  match maxvalue mediumblob mediumint mediumtext middleint minute_microsecond minute_second mod natural no_write_to_binlog not nth_value
  ntile null numeric of on optimize option optionally or order out outer outfile over partition percent_rank precision primary procedure
  range rank read real recursive references regexp release rename repeat replace require restrict revoke right rlike row row_number rows schema schemas
  second_microsecond select set show smallint spatial sql sql_big_result sql_buffer_result sql_cache sql_no_cache sql_calc_found_rows sql_small_result sqlexception sqlstate
  sqlwarning ssl starting stored straight_join table tablesample terminated then tidb_current_tso tinyblob tinyint tinytext to trailing
  trigger true union unique unlock unsigned until update usage use using utc_date utc_time utc_timestamp values varbinary varchar
  varcharacter varying virtual when where while window with write xor year_month zerofill
`
    .trim()
    .split(/\s+/),
);

const PLAIN = /^[a-z_][a-z0-9_$]*$/;

/** What names the character set of the text that follows it: TiDB takes no name for such a word (`SHOW CHARACTER SET` of MySQL; error 1064). */
const INTRODUCER =
  /^_(?:armscii8|ascii|big5|binary|cp(?:125[0167]|85[02]|866|932)|dec8|euc(?:jpms|kr)|gb18030|gb2312|gbk|geostd8|greek|hebrew|hp8|keybcs2|koi8[ru]|latin[1257]|macce|macroman|sjis|swe7|tis620|ucs2|ujis|utf(?:8|8mb3|8mb4|16|16le|32))$/;

/** An identifier as TiDB takes it: in backquotes only when it must be. */
export function identifier(name: string): string {
  return PLAIN.test(name) && !RESERVED.has(name) && !INTRODUCER.test(name) ? name : quoted(name);
}

function quoted(name: string): string {
  return `\`${name.replaceAll("`", "``")}\``;
}

/** Names of functions that TiDB takes for one where a parenthesis follows at once (error 1064). */
const CALLED = new Set(
  `
  approx_count_distinct approx_percentile bit_and bit_or bit_xor cast count curdate curtime date_add date_sub extract group_concat max mid min now
  position std stddev stddev_pop stddev_samp substr substring sum sysdate translate trim var_pop var_samp variance
`
    .trim()
    .split(/\s+/),
);

/** The first so many characters of a column, as a part of an index. */
export function prefix(name: string, length: number): string {
  return `${CALLED.has(name) ? quoted(name) : identifier(name)}(${length})`;
}

/**
 * Whether TiDB loses a backquote in a name: it looks for rows that stand against a new CHECK or NOT NULL by a query in which names are quoted
 * as they are (error 1064, TiDB 8.5.6).
 */
export function losesQuote(sql: string): boolean {
  if (!sql.includes("``")) return false;
  const names = sql.replaceAll(/'(?:[^'\\]|''|\\.)*'/gs, "");
  return names.includes("``") && /ALTER TABLE .*(?:MODIFY COLUMN|ADD (?:CONSTRAINT .*)?CHECK)/s.test(names);
}

/** A string literal under the default sql_mode, where a backslash escapes (reference manual, "String Literals"). */
export function string(text: string): string {
  return `'${text.replaceAll("\\", "\\\\").replaceAll("'", "''").replaceAll("\0", "\\0")}'`;
}
