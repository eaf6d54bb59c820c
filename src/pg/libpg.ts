import type { Grammar } from "./parse.js";

/** PostgreSQL 18's grammar (libpg-query, WebAssembly). Its error cursor is 0-based and counts characters (code points). */
export async function load(): Promise<Grammar> {
  const { hasSqlDetails, loadModule, parsePlPgSQLSync, parseSync } = await import("libpg-query");
  await loadModule();
  return {
    version: "18",
    parse(sql) {
      try {
        return { ok: true, statements: statementsIn(parseSync(sql)) };
      } catch (error) {
        if (hasSqlDetails(error)) return { ok: false, message: error.message, at: error.sqlDetails?.cursorPosition ?? 0 };
        throw error;
      }
    },
    parseBodies: (sql) => bodies(parsePlPgSQLSync(sql)),
    // The instance survives everything tried so far, 100,000 nested parentheses included.
    async recover() {},
  };
}

function statementsIn({ stmts }: { readonly stmts?: readonly { readonly stmt?: unknown }[] }): unknown[] {
  return (stmts ?? []).map(({ stmt }) => stmt);
}

function bodies(result: unknown): Record<string, unknown>[] {
  return (result as { plpgsql_funcs?: Record<string, unknown>[] }).plpgsql_funcs ?? [];
}

/** Gives the trees of a text as the JSON that the grammar writes, in UTF-8, for another thread to read; undefined where it refuses the text. */
export type Writer = (sql: string) => Uint8Array | undefined;

/** The same grammar, without what reads its JSON. */
export async function loadWriter(): Promise<Writer> {
  const { default: load } = await import("libpg-query/wasm/libpg-query.js");
  const wasm = await load();
  return (sql) => {
    const size = wasm.lengthBytesUTF8(sql) + 1;
    const text = wasm._malloc(size);
    wasm.stringToUTF8(sql, text, size);
    const result = wasm._wasm_parse_query_raw(text);
    try {
      // PgQueryParseResult (pg_query.h): the tree, the standard error output, the error.
      const [tree, error] = [wasm.getValue(result, "i32"), wasm.getValue(result + 8, "i32")];
      return error === 0 ? wasm.HEAPU8.slice(tree, wasm.HEAPU8.indexOf(0, tree)) : undefined;
    } finally {
      wasm._wasm_free_parse_result(result);
      wasm._free(text);
    }
  };
}

/** Reads what a `Writer` gave: the statements' trees. */
export function written(json: string): unknown[] {
  return statementsIn(JSON.parse(json));
}
