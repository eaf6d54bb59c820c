import type { Trace } from "../src/trace.js";
import { cloud } from "./cloud.js";
import { dotnet } from "./dotnet.js";
import { errors } from "./errors.js";
import { go } from "./go.js";
import { images } from "./images.js";
import { javascript } from "./javascript.js";
import { jvm } from "./jvm.js";
import { leftovers } from "./leftovers.js";
import { messaging } from "./messaging.js";
import { orm } from "./orm.js";
import { php } from "./php.js";
import { ports } from "./ports.js";
import { python } from "./python.js";
import { ruby } from "./ruby.js";
import { rust } from "./rust.js";
import { settings } from "./settings.js";
import { tools } from "./tools.js";
import { urls } from "./urls.js";

/** Every trace: the only registration. Of two that find the same, the first here counts. */
export const TRACES: readonly Trace[] = [
  ...urls,
  ...orm,
  ...javascript,
  ...go,
  ...rust,
  ...python,
  ...jvm,
  ...ruby,
  ...php,
  ...dotnet,
  ...cloud,
  ...images,
  ...tools,
  ...ports,
  ...settings,
  ...errors,
  ...messaging,
  ...leftovers,
];
