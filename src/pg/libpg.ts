import { hasSqlDetails, loadModule, parsePlPgSQLSync, parseSync } from "libpg-query";
import type { Grammar } from "./parse.js";

/** PostgreSQL 18's grammar (libpg-query, WebAssembly). Its error cursor is 0-based and counts characters (code points). */
export async function load(): Promise<Grammar> {
  await loadModule();
  return {
    version: "18",
    parse(sql) {
      try {
        return { ok: true, statements: (parseSync(sql).stmts ?? []).map((s) => s.stmt) };
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

function bodies(result: unknown): Record<string, unknown>[] {
  return (result as { plpgsql_funcs?: Record<string, unknown>[] }).plpgsql_funcs ?? [];
}
