import { bash } from "./bash.js";
import { csharp } from "./csharp.js";
import type { Host } from "./fragment.js";
import { go } from "./go.js";
import { java } from "./java.js";
import { json } from "./json.js";
import { kotlin } from "./kotlin.js";
import { php } from "./php.js";
import { python } from "./python.js";
import { ruby } from "./ruby.js";
import { rust } from "./rust.js";
import { toml } from "./toml.js";
import { tsx, typescript } from "./typescript.js";
import { yaml } from "./yaml.js";

/** Every host language: the only registration. */
export const HOSTS: readonly Host[] = [typescript, tsx, go, rust, python, java, kotlin, ruby, php, csharp, bash, yaml, json, toml];
