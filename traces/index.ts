import type { Trace } from "../src/trace.js";
import { images } from "./images.js";

/** Every trace: the only registration. */
export const TRACES: readonly Trace[] = [...images];
