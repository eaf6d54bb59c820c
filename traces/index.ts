import type { Trace } from "../src/trace.js";
import { images } from "./images.js";
import { urls } from "./urls.js";

/** Every trace: the only registration. */
export const TRACES: readonly Trace[] = [...urls, ...images];
