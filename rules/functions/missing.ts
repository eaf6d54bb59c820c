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
      ],
      name: "text search",
      instead: "use a search engine, or LIKE where tables are small",
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
