// The other thread of convert-threads.ts: converts its share of the queries.
import { parentPort, workerData } from "node:worker_threads";
import type { Made } from "../app/convert/pass.js";
import { convertLater } from "../app/convert.js";
import { type Share, withIndexes } from "./convert-threads.js";

const { sources, options } = workerData as Share;
const { default: rules } = await import("../../rules/index.js");
/** Read by the other thread one by one: small enough to be at hand soon, large enough for the posting to cost little. */
const TOGETHER = 128;
let batch: Made[] = [];
const send = () => {
  parentPort!.postMessage(JSON.stringify(batch.map((made) => withIndexes(made, sources))));
  batch = [];
};
await convertLater(sources, rules, options, (made) => {
  batch.push(made);
  if (batch.length === TOGETHER) send();
});
send();
