/** What a statement may begin with and be one all the same: comments, psql's commands. */
const BETWEEN = /--[^\n]*|\/\*[\s\S]*?\*\/|^[ \t]*\\[^\n]*/gm;

/** The first words of statements that change what is there; a session's search_path is such as well. */
const FIRST =
  /(?:^|;)[\s(]*(?:create|alter|drop|comment\s+on|do\s|import|grant|revoke|reassign|security\s+label|set\s+(?:local\s+|session\s+)?search_path|select\s[\s\S]*?\sinto\s+(?:temp|unlogged|table))/i;

/** Whether any statement of a text makes, changes or drops something. */
export function defines(sql: string): boolean {
  return FIRST.test(sql.replaceAll(BETWEEN, ""));
}
