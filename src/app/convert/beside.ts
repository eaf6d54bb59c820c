import type { Chunk, SqlChunk } from "../../source/split.js";
import type { Source } from "../../source/text.js";
import type { ConvertOptions, Made } from "./pass.js";
import { isLateChunk } from "./read.js";

/** Another thread that converts the later half of the queries. */
export interface Beside {
  /** What became of the next of its queries, in their order; undefined where the thread could not work. */
  next(): Promise<Made | undefined>;
  end(): Promise<unknown>;
}

/** Starts a thread that runs `convertLater` over the same input. */
export type StartBeside = (sources: readonly Source[], options: ConvertOptions) => Beside;

/** Who converts which queries, counted over all files. */
export interface Division {
  /** The number of the next query. */
  turn: number;
  /** The first of the later half. */
  readonly from: number;
  readonly beside?: Beside;
  /** In the other thread: takes what it made of the later half, in their order. */
  readonly take?: (made: Made) => void;
}

/** From so many UTF-16 units of queries on, a thread is worth its start, which takes it as long as converting some 500 kB. */
const MANY = 2_000_000;

/** The number of the query with which the later half of them begins, by their length; undefined where they are few. */
export function laterHalf(files: readonly (readonly Chunk[])[]): number | undefined {
  const queries = files.flatMap((chunks) => chunks.filter((chunk): chunk is SqlChunk => isLateChunk(chunk)));
  const units = queries.reduce((sum, { span }) => sum + span.end - span.start, 0);
  if (units < MANY) return undefined;
  let before = 0;
  return queries.findIndex(({ span }) => {
    before += span.end - span.start;
    return before > units / 2;
  });
}
