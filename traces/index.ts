import type { Trace } from "../src/trace.js";
import { cloud } from "./cloud.js";
import { images } from "./images.js";
import { ports } from "./ports.js";
import { settings } from "./settings.js";
import { tools } from "./tools.js";
import { urls } from "./urls.js";

/** Every trace: the only registration. Of two that find the same, the first here counts. */
export const TRACES: readonly Trace[] = [...urls, ...cloud, ...images, ...tools, ...ports, ...settings];
