import type { Host } from "./fragment.js";
import { go } from "./go.js";
import { python } from "./python.js";
import { rust } from "./rust.js";
import { tsx, typescript } from "./typescript.js";

/** Every host language: the only registration. */
export const HOSTS: readonly Host[] = [typescript, tsx, go, rust, python];
