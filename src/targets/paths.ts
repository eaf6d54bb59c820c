import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import envPaths from "env-paths";
import { EngineError } from "./target.js";

/** The release that embedded/go.mod pins; its module version, v1.1.0-beta.0.20260413061245, does not show it. */
export const PINNED_RELEASE = "v8.5.6";

/** The folder of go.mod and go.sum: two levels up in a checkout (src/targets), three in an installed package (dist/src/targets). */
export function moduleDirectory(): string {
  const here = dirname(fileURLToPath(import.meta.url));
  const candidates = [join(here, "../../embedded"), join(here, "../../../embedded")];
  const found = candidates.find((folder) => existsSync(join(folder, "go.mod")));
  if (found === undefined) throw new EngineError(`this installation is damaged: no embedded/go.mod beside ${candidates[1]}`);
  return found;
}

/** Our folder in the user's cache: $PG2TIDB_CACHE, or the platform's own (XDG_CACHE_HOME on Linux). */
export function cacheDirectory(): string {
  return process.env.PG2TIDB_CACHE || envPaths("pg2tidb", { suffix: "" }).cache;
}

/** Where the built TiDB is or would be. Another pin, platform or processor is another place. */
export function cachedBinary(): string {
  const folder = moduleDirectory();
  const hash = createHash("sha256");
  for (const file of ["go.mod", "go.sum"]) hash.update(readFileSync(join(folder, file)));
  const key = `tidb-${PINNED_RELEASE}-${process.platform}-${process.arch}-${hash.digest("hex").slice(0, 16)}`;
  return join(cacheDirectory(), key, "tidb-server");
}
