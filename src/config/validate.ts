import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { Ajv, type ErrorObject } from "ajv";
import { nearest } from "../report/near.js";

/** What is wrong with a configuration, and where. */
export interface Problem {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

interface Schema {
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
}

/** The published schema: two levels up in a checkout (src/config), three in an installed package (dist/src/config). */
function readSchema(): Schema {
  const here = dirname(fileURLToPath(import.meta.url));
  const path = ["../../pg2tidb.schema.json", "../../../pg2tidb.schema.json"].map((up) => join(here, up)).find((file) => existsSync(file));
  if (path === undefined) throw new Error(`this installation is damaged: no pg2tidb.schema.json above ${here}`);
  return JSON.parse(readFileSync(path, "utf8")) as Schema;
}

/** The first thing the schema does not allow; undefined where all is well. */
export function problemOf(value: unknown): Problem | undefined {
  const schema = readSchema();
  const validate = new Ajv({ allowUnionTypes: true, verbose: true }).compile(schema);
  if (validate(value)) return undefined;
  const error = validate.errors![0]!;
  const path = error.instancePath.split("/").slice(1).map(unescaped);
  return describe(error, path, schema);
}

function unescaped(step: string): string {
  return step.replaceAll("~1", "/").replaceAll("~0", "~");
}

function describe(error: ErrorObject, path: readonly string[], schema: Schema): Problem {
  const key = path.join(".") || "the configuration";
  const params = error.params as Record<string, unknown>;
  if (error.keyword === "additionalProperties") {
    const unknown = String(params.additionalProperty);
    const known = Object.keys(schemaAt(schema, path).properties ?? {}).filter((name) => name !== "$schema");
    const near = nearest(unknown, known);
    const advice = near.length > 0 ? `did you mean ${near.join(" or ")}?` : `the keys are: ${known.join(", ")}`;
    return { path: [...path, unknown], message: `${[...path, unknown].join(".")}: there is no such key; ${advice}` };
  }
  if (error.keyword === "enum") {
    const allowed = [...new Set((params.allowedValues as unknown[]).map(String))];
    const near = nearest(String(error.data), allowed);
    return { path, message: `${key}: must be ${allowed.join(", ")}${near.length > 0 ? `; did you mean ${near[0]}?` : ""}` };
  }
  if (error.keyword === "required") return { path, message: `${key}: needs ${String(params.missingProperty)}` };
  if (error.keyword === "minLength") return { path, message: `${key}: says too little` };
  if (error.keyword === "pattern")
    return { path, message: `${key}: ${JSON.stringify(error.data)} is not of the form ${String(params.pattern)}` };
  return { path, message: `${key}: ${error.message ?? "is not allowed"}` };
}

/** The part of the schema that speaks of what a path leads to. */
function schemaAt(schema: Schema, path: readonly string[]): Schema {
  return path.reduce((at, step) => at.properties?.[step] ?? at.items ?? at, schema);
}
