import { type Row, table } from "../../src/rule.js";

interface Missing {
  readonly calls: readonly string[];
  /** What readers call it. */
  readonly name: string;
  /** What to do in its place. */
  readonly instead: string;
  readonly pg: string;
  readonly given?: string;
  /** What TiDB refuses, with its error where that is not 1305, an unknown function. */
  readonly rejected: { readonly sql: string; readonly code?: number };
}

/** A function or operator without a form, and what to use in its place. */
function missing({ calls, name, instead, pg, given = GIVEN, rejected: { sql, code = 1305 } }: Missing): Row {
  return {
    calls,
    tidb: (_, call) => call.refuse(`${name} (${instead})`),
    proofs: [],
    examples: [{ given, pg, tidb: null, rejected: { sql, code } }],
  };
}

const GIVEN = "CREATE TABLE t (a text, j jsonb, ts timestamp)";

/** Calls of functions with whatever arguments. */
const anyOf = (...names: readonly string[]) => names.map((name) => `${name}(any...)`);

export const missingRules = table(
  "functions/missing",
  { pg: "functions", tidb: "functions-and-operators-overview" },
  {
    notify: missing({
      calls: ["pg_notify(text, text)"],
      name: "pg_notify()",
      instead: "use a message queue, or a table that is polled",
      pg: "SELECT pg_notify('channel', a) FROM t",
      rejected: { sql: "SELECT PG_NOTIFY('a', 'b')" },
    }),
    "text-search": missing({
      calls: [
        "@@(tsvector, tsquery)",
        "@@(text, tsquery)",
        "@@(text, text)",
        ...anyOf("to_tsvector", "jsonb_to_tsvector", "json_to_tsvector", "to_tsquery", "plainto_tsquery", "phraseto_tsquery"),
        ...anyOf("websearch_to_tsquery", "ts_rank", "ts_rank_cd", "ts_headline", "setweight", "tsvector_to_array", "array_to_tsvector"),
        ...anyOf(
          "ts_delete",
          "ts_filter",
          "ts_rewrite",
          "ts_lexize",
          "numnode",
          "querytree",
          "tsquery_phrase",
          "strip",
          "get_current_ts_config",
        ),
        ...["||", "&&"].flatMap((sign) => [`${sign}(tsquery, tsquery)`, `${sign}(tsvector, tsvector)`]),
        "!!(tsquery)",
        "length(tsvector)",
      ],
      name: "text search",
      instead:
        "TiDB takes FULLTEXT keys and makes no index of them, and has no MATCH … AGAINST outside of some TiDB Cloud clusters: use a search engine, or LIKE where tables are small",
      pg: "SELECT a FROM t WHERE to_tsvector(a) @@ to_tsquery('x')",
      rejected: { sql: "SELECT 1 WHERE 'a' @@ 'b'", code: 1064 },
    }),
    passwords: missing({
      calls: anyOf("crypt", "gen_salt", "hmac", "pgp_sym_encrypt", "pgp_sym_decrypt", "pgp_pub_encrypt", "pgp_pub_decrypt"),
      name: "a function of pgcrypto",
      instead: "hash passwords, and encrypt, in the application",
      given: `CREATE EXTENSION pgcrypto; ${GIVEN}`,
      pg: "SELECT crypt(a, gen_salt('bf')) FROM t",
      rejected: { sql: "SELECT CRYPT('a', 'b')" },
    }),
    xml: missing({
      calls: anyOf("xpath", "xpath_exists", "xml_is_well_formed", "xmlcomment", "xmltext"),
      name: "a function on XML",
      instead: "read it as text, and look into it in the application",
      pg: "SELECT xpath('/a', '<a/>'::xml)",
      rejected: { sql: "SELECT XPATH('/a', '<a/>')" },
    }),
    definitions: missing({
      calls: [
        ...anyOf("pg_get_constraintdef", "pg_get_indexdef", "pg_get_viewdef", "pg_get_functiondef", "pg_get_triggerdef"),
        ...anyOf("pg_get_expr", "format_type", "obj_description", "col_description", "shobj_description"),
      ],
      name: "the text of a definition",
      instead: "SHOW CREATE TABLE and information_schema say what TiDB holds",
      pg: "SELECT format_type(23, NULL)",
      rejected: { sql: "SELECT FORMAT_TYPE(23, NULL)" },
    }),
    sizes: missing({
      calls: [
        ...anyOf("pg_relation_size", "pg_total_relation_size", "pg_table_size", "pg_indexes_size", "pg_database_size"),
        ...anyOf("pg_tablespace_size", "pg_column_size"),
      ],
      name: "the size of an object",
      instead: "information_schema.tables has data_length and index_length, which TiDB estimates",
      pg: "SELECT pg_column_size(a) FROM t",
      rejected: { sql: "SELECT PG_COLUMN_SIZE('t')" },
    }),
    "shared-locks": missing({
      calls: anyOf(
        "pg_advisory_lock_shared",
        "pg_try_advisory_lock_shared",
        "pg_advisory_xact_lock_shared",
        "pg_try_advisory_xact_lock_shared",
        "pg_advisory_unlock_shared",
      ),
      name: "a shared advisory lock",
      instead: "GET_LOCK() locks for one session alone: take it where waiting for each other is well, else a row of a table with a count",
      pg: "SELECT pg_advisory_lock_shared(1)",
      rejected: { sql: "SELECT PG_ADVISORY_LOCK_SHARED(1)" },
    }),
    "unlock-all": missing({
      calls: ["pg_advisory_unlock_all()"],
      name: "pg_advisory_unlock_all()",
      instead: "send DO RELEASE_ALL_LOCKS()",
      pg: "SELECT pg_advisory_unlock_all()",
      rejected: { sql: "SELECT PG_ADVISORY_UNLOCK_ALL()" },
    }),
    "valid-input": missing({
      calls: anyOf("pg_input_is_valid", "pg_input_error_info"),
      name: "a test whether a text is a value of a type",
      instead: "test it in the application, or by a regular expression",
      pg: "SELECT pg_input_is_valid(a, 'integer') FROM t",
      rejected: { sql: "SELECT PG_INPUT_IS_VALID('1', 'integer')" },
    }),
    "trigger-depth": missing({
      calls: ["pg_trigger_depth()"],
      name: "pg_trigger_depth()",
      instead: "TiDB has no triggers: leave it out with what asks for it",
      pg: "SELECT pg_trigger_depth()",
      rejected: { sql: "SELECT PG_TRIGGER_DEPTH()" },
    }),
    similarity: missing({
      calls: [
        ...anyOf("similarity", "word_similarity", "strict_word_similarity", "show_trgm", "levenshtein", "levenshtein_less_equal"),
        ...anyOf("soundex", "metaphone", "dmetaphone", "dmetaphone_alt", "difference", "daitch_mokotoff", "unaccent"),
        ...["%", "<%", "%>", "<<%", "%>>", "<->", "<<->", "<->>"].map((sign) => `${sign}(text, text)`),
      ],
      name: "the likeness of texts",
      instead:
        "compare in the application, or keep what is compared (the text without accents, say) in a column that the application fills",
      given: `CREATE EXTENSION pg_trgm; ${GIVEN}`,
      pg: "SELECT a FROM t WHERE similarity(a, 'x') > 0.3",
      rejected: { sql: "SELECT SIMILARITY('a', 'b')" },
    }),
    transactions: missing({
      calls: [
        ...anyOf("txid_current", "txid_current_if_assigned", "pg_current_xact_id", "pg_current_xact_id_if_assigned", "pg_current_snapshot"),
        ...anyOf("txid_current_snapshot", "pg_xact_status", "txid_status", "pg_current_wal_lsn", "pg_export_snapshot"),
      ],
      name: "the number of a transaction",
      instead: "@@tidb_current_ts is the timestamp that the transaction began with, which grows as such numbers do",
      pg: "SELECT txid_current()",
      rejected: { sql: "SELECT TXID_CURRENT()" },
    }),
    privileges: missing({
      calls: anyOf(
        "has_table_privilege",
        "has_column_privilege",
        "has_schema_privilege",
        "has_database_privilege",
        "has_function_privilege",
        "has_sequence_privilege",
        "has_any_column_privilege",
        "pg_has_role",
      ),
      name: "a test of a privilege",
      instead: "SHOW GRANTS lists what an account may do, and information_schema.user_privileges; mysql.tables_priv has it by table",
      pg: "SELECT has_table_privilege('t', 'SELECT')",
      rejected: { sql: "SELECT HAS_TABLE_PRIVILEGE('t', 'SELECT')" },
    }),
    server: missing({
      calls: anyOf(
        "inet_client_addr",
        "inet_client_port",
        "inet_server_addr",
        "inet_server_port",
        "pg_postmaster_start_time",
        "pg_conf_load_time",
        "pg_cancel_backend",
        "pg_terminate_backend",
        "pg_reload_conf",
        "pg_stat_reset",
      ),
      name: "a fact of the server, or an order to it",
      instead:
        "information_schema.processlist has the connections with their hosts, and cluster_info when servers started; KILL and KILL QUERY end one",
      pg: "SELECT pg_terminate_backend(5)",
      rejected: { sql: "SELECT PG_TERMINATE_BACKEND(5)" },
    }),
    ltree: missing({
      calls: anyOf("nlevel", "subltree", "subpath", "lca", "text2ltree", "ltree2text"),
      name: "a function on paths of ltree",
      instead: "keep the path as text, and cut it with SUBSTRING_INDEX()",
      given: "CREATE EXTENSION ltree; CREATE TABLE t (p ltree)",
      pg: "SELECT nlevel(p) FROM t",
      rejected: { sql: "SELECT NLEVEL('a.b')" },
    }),
  },
);
