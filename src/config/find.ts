import { lilconfig } from "lilconfig";
import type { Config } from "./config.js";

/** What a project without a file says. */
export const NO_CONFIG: Config = { types: [], accept: [] };

/** Names of the file, in the order in which one goes before another in the same folder. */
export const CONFIG_FILES: readonly string[] = ["pg2tidb.config.yaml", "pg2tidb.config.yml", "pg2tidb.config.json"];

/** A configuration file as it was read. */
export interface ConfigFile {
  readonly path: string;
  readonly text: string;
}

const asText = (_: string, content: string): string => content;

/** The nearest configuration file, from a folder upwards; undefined where there is none. */
export async function findConfig(from: string): Promise<ConfigFile | undefined> {
  const search = lilconfig("pg2tidb", {
    searchPlaces: [...CONFIG_FILES],
    loaders: { ".yaml": asText, ".yml": asText, ".json": asText },
    // A file that says nothing is found all the same.
    ignoreEmptySearchPlaces: false,
  });
  const found = await search.search(from);
  return found ? { path: found.filepath, text: typeof found.config === "string" ? found.config : "" } : undefined;
}
