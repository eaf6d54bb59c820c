// The other thread of ahead.ts: parses the statements it is sent.
import { parentPort } from "node:worker_threads";
import { loadWriter, type Writer } from "../../pg/libpg.js";
import type { Batch } from "./ahead.js";

const write = await loadWriter();

parentPort!.on("message", (texts: readonly string[]) => {
  const parts = texts.map((text) => written(write, text));
  const batch: Batch = { bytes: new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0)), ends: new Uint32Array(parts.length) };
  let at = 0;
  for (const [i, part] of parts.entries()) {
    batch.bytes.set(part, at);
    at += part.length;
    batch.ends[i] = at;
  }
  parentPort!.postMessage(batch, [batch.bytes.buffer, batch.ends.buffer]);
});

const NOTHING = new Uint8Array();

/** Nothing where the grammar refuses the text or breaks down over it: what is said of that is said where the statement is read. */
function written(write: Writer, text: string): Uint8Array {
  try {
    return write(text) ?? NOTHING;
  } catch {
    return NOTHING;
  }
}
