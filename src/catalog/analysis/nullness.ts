import type { Operator, Routine } from "../builtin/table.js";
import type { Info } from "./state.js";

const words = (text: string): ReadonlySet<string> => new Set(text.trim().split(/\s+/));

/** Operators that give a value for every two values: no lookup in a document, no geometry (lines need not meet). */
export const TOTAL_OPERATORS = words(`
  = <> < > <= >= + - * / % ^ @ |/ ||/ !! || ~~ !~~ ~~* !~~* ~~~ ~ ~* !~ !~* ^@ & | # << >> @> <@ && ? ?| ?& &< &> -|- *= *<> *< *> *<= *>= ~<~ ~>~ ~<=~ ~>=~
`);
const GEOMETRY = words("point line lseg box path polygon circle");

/** Functions that give a value for all values, where they give one at all (checked on PostgreSQL by test/catalog/nullness.test.ts). */
export const TOTAL_FUNCTIONS = words(`
  abs acos acosd asin asind atan atand atan2 atan2d ceil ceiling cbrt cos cosd cot cotd degrees div erf erfc exp factorial floor gamma gcd lcm lgamma ln log log10
  mod pi power radians round sign sin sind sqrt tan tand trim_scale trunc width_bucket sinh cosh tanh asinh acosh atanh
  ascii bit_length bit_count btrim char_length character_length chr concat concat_ws casefold convert convert_from convert_to crc32 crc32c decode encode initcap
  left length lower lpad ltrim md5 normalize octet_length overlay position quote_ident quote_literal regexp_count regexp_instr regexp_like
  regexp_replace repeat replace reverse right rpad rtrim sha224 sha256 sha384 sha512 split_part starts_with strpos substr to_ascii to_bin to_hex to_oct
  translate unistr upper get_bit get_byte set_bit set_byte string_to_array
  age clock_timestamp date_add date_bin date_subtract date_trunc isfinite justify_days justify_hours justify_interval make_date make_interval
  make_time make_timestamp make_timestamptz now statement_timestamp timezone transaction_timestamp timeofday to_date to_timestamp overlaps
  random random_normal gen_random_uuid uuidv4 uuidv7 uuid_generate_v1 uuid_generate_v4 txid_current pg_current_xact_id pg_backend_pid version nextval currval
  setval lastval current_database current_user session_user
  to_json to_jsonb array_to_json row_to_json json_build_array json_build_object jsonb_build_array jsonb_build_object json_object jsonb_object
  json_array_length jsonb_array_length json_typeof jsonb_typeof jsonb_set jsonb_insert jsonb_strip_nulls json_strip_nulls jsonb_pretty 
  jsonb_path_query_array
  array_append array_cat array_fill array_positions array_prepend array_remove array_replace array_reverse array_shuffle array_sample cardinality num_nulls num_nonnulls
  lower_inc lower_inf upper_inc upper_inf isempty range_merge multirange int4range int8range numrange daterange tsrange tstzrange
  to_tsvector to_tsquery plainto_tsquery phraseto_tsquery websearch_to_tsquery setweight strip numnode querytree ts_rank ts_rank_cd ts_headline
  similarity word_similarity strict_word_similarity show_trgm unaccent crypt gen_salt digest hmac gen_random_bytes
  abbrev broadcast family host hostmask masklen netmask network set_masklen text
  generate_series generate_subscripts json_object_keys jsonb_object_keys json_array_elements jsonb_array_elements regexp_matches regexp_split_to_array
  jsonb_path_query json_each jsonb_each hashtext md5 pg_advisory_lock pg_try_advisory_lock pg_try_advisory_xact_lock pg_advisory_unlock xmlcomment enum_range
  bool int2 int4 int8 float4 float8 numeric varchar bpchar date timestamp timestamptz interval name
`);

/** The bounds of a range, and JSON null read as a scalar, are NULL under names that are otherwise total. */
const JSON_SCALARS = words("bool int2 int4 int8 float4 float8 numeric");
export const partial = ({ name, args: [first] }: Routine): boolean =>
  ((name === "lower" || name === "upper") && first !== "text") || (first === "jsonb" && JSON_SCALARS.has(name));

/** Those of them that take NULL for an argument without becoming NULL. */
export const NULL_PROOF =
  words(`concat num_nulls num_nonnulls json_build_array json_build_object jsonb_build_array jsonb_build_object int4range int8range numrange
  daterange tsrange tstzrange array_append array_prepend`);

/** Aggregates that count, and so have a value even over no row. */
export const COUNTING: ReadonlySet<string> = words("count regr_count");

/** Aggregates that have a value whenever one row's arguments have. */
export const FILLED_BY_ONE: ReadonlySet<string> = words(`
  sum avg min max array_agg string_agg json_agg jsonb_agg json_object_agg jsonb_object_agg bool_and bool_or every bit_and bit_or bit_xor any_value range_agg
  stddev_pop var_pop mode percentile_disc percentile_cont
`);

/** Window functions that have a value for every row. */
export const NUMBERING: ReadonlySet<string> = words("row_number rank dense_rank percent_rank cume_dist ntile");

/** Whether an operator may give NULL. */
export function operatorNullable(op: Operator, args: readonly (Info | undefined)[]): boolean {
  if (!TOTAL_OPERATORS.has(op.name) || GEOMETRY.has(op.right) || (op.left !== undefined && GEOMETRY.has(op.left))) return true;
  if (op.extension !== "" && op.extension !== "citext") return true;
  return args.some((info) => info?.nullable !== false);
}

/** Whether a function, no aggregate, may give NULL. */
export function functionNullable(f: Routine, args: readonly (Info | undefined)[]): boolean {
  // Beside a longer set, what a set lacks is NULL.
  if (f.set) return true;
  if (NULL_PROOF.has(f.name)) return false;
  if (!TOTAL_FUNCTIONS.has(f.name) || partial(f)) return true;
  return args.some((info) => info?.nullable !== false);
}
