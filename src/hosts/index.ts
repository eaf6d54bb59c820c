import { bash } from "./bash.js";
import { csharp } from "./csharp.js";
import type { Host } from "./fragment.js";
import { go } from "./go.js";
import { java } from "./java.js";
import { php } from "./php.js";
import { python } from "./python.js";
import { ruby } from "./ruby.js";
import { rust } from "./rust.js";
import { tsx, typescript } from "./typescript.js";

/** Every host language: the only registration. */
export const HOSTS: readonly Host[] = [typescript, tsx, go, rust, python, java, ruby, php, csharp, bash];
