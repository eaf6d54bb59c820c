// The package has no types for the WebAssembly module that its own functions are made of.
declare module "libpg-query/wasm/libpg-query.js" {
  interface Wasm {
    readonly HEAPU8: Uint8Array;
    lengthBytesUTF8(text: string): number;
    stringToUTF8(text: string, pointer: number, size: number): void;
    getValue(pointer: number, type: "i32"): number;
    _malloc(size: number): number;
    _free(pointer: number): void;
    _wasm_parse_query_raw(text: number): number;
    _wasm_free_parse_result(result: number): void;
  }
  export default function load(): Promise<Wasm>;
}
