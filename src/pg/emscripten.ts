// @ts-expect-error: the package ships no types
import createModule from "pg-query-emscripten/pg_query_wasm.js";
import { adapt16 } from "./adapt16.js";
import type { Grammar } from "./parse.js";

/** The part of the WebAssembly module that is used here. */
interface Module {
  allocate(bytes: Uint8Array, allocator: 0): number;
  raw_parse(pointer: number): { parse_tree: string; error: { message: string; cursorpos: number } };
  raw_parse_plpgsql(pointer: number): { plpgsql_funcs: string; error: { message: string } };
  _free(pointer: number): void;
}

/**
 * PostgreSQL 16's grammar (pg-query-emscripten). Its own `parse()` copies the text onto a 64 KiB stack and dies after some 55 KB in all,
 * so the text is put on the heap. After a throw the instance is unusable and `recover` makes a fresh one (8 ms).
 * Its error cursor is 1-based and counts characters (code points).
 */
export async function load(): Promise<Grammar> {
  const create = createModule as () => Promise<Module>;
  let module = await create();
  return {
    version: "16",
    parse(sql) {
      const pointer = module.allocate(new TextEncoder().encode(`${sql}\0`), 0);
      const { error, parse_tree } = module.raw_parse(pointer);
      module._free(pointer);
      if (error.message) return { ok: false, message: error.message, at: Math.max(0, error.cursorpos - 1) };
      const tree = JSON.parse(parse_tree) as { stmts?: { stmt: unknown }[] };
      return { ok: true, statements: (tree.stmts ?? []).map((s) => s.stmt) };
    },
    parseBodies(sql) {
      const pointer = module.allocate(new TextEncoder().encode(`${sql}\0`), 0);
      const { error, plpgsql_funcs } = module.raw_parse_plpgsql(pointer);
      module._free(pointer);
      if (error.message) throw new Error(error.message);
      return JSON.parse(plpgsql_funcs) as Record<string, unknown>[];
    },
    adapt: adapt16,
    async recover() {
      module = await create();
    },
  };
}
