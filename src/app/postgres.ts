import type { Source } from "../source/text.js";
import type { Postgres } from "../targets/postgres.js";

/**
 * The PostgreSQL at the URL, or one started for a schema inside this process.
 * @throws EngineError when there is none
 */
export async function openPostgresFor(schema: readonly Source[], url: string | undefined): Promise<Postgres> {
  if (url !== undefined && url !== "") return (await import("../targets/pgserver.js")).openPostgres(url);
  const { startPglite } = await import("../targets/pglite.js");
  return startPglite(schema.map(({ text }) => text).join("\n"));
}
