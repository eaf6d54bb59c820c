/**
 * Words TiDB 8.5.6 reserves (`SELECT word FROM information_schema.keywords WHERE reserved = 1`), and five that it refuses as names without saying so
 * there: schema, schemas, sql_buffer_result, sql_cache, sql_no_cache (error 1064).
 */
const RESERVED = new Set(
  `
  add all alter analyze and array as asc between bigint binary blob both by call cascade case change char character check collate column
  constraint continue convert create cross cume_dist current_date current_role current_time current_timestamp current_user cursor
  database databases day_hour day_microsecond day_minute day_second decimal default delayed delete dense_rank desc describe distinct
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

/** An identifier as TiDB takes it: in backquotes only when it must be. */
export function identifier(name: string): string {
  return PLAIN.test(name) && !RESERVED.has(name) ? name : `\`${name.replaceAll("`", "``")}\``;
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
