/**
 * Whether a text begins as SQL does, or as a clause that is put into SQL at run time. Only a first look, which lets prose through
 * ("select a file"): parsing decides. Comments may stand before.
 */
export function mayBeSql(text: string): boolean {
  return START.test(text);
}

const BEFORE = String.raw`^(?:\s|--[^\n]*(?:\n|$)|/\*[\s\S]*?\*/|\()*`;
const STATEMENTS = [
  String.raw`select\b`,
  String.raw`insert\s+into\b`,
  String.raw`update\s+\S`,
  String.raw`delete\s+from\b`,
  String.raw`merge\s+into\b`,
  String.raw`with\s+(?:recursive\s+)?[\w"${"`"}$]+[\s(]`,
  String.raw`values\s*\(`,
  String.raw`(?:create|alter|drop|comment\s+on|grant|revoke|truncate|refresh\s+materialized|reindex|cluster)\s+\S`,
  String.raw`(?:begin|commit|rollback|start\s+transaction|savepoint|release)\b`,
  String.raw`(?:set|reset|show|listen|unlisten|notify|lock\s+table|vacuum|analyze|explain|copy|declare|fetch|call|do|prepare|execute|deallocate|discard)\s+\S`,
];
const CLAUSES = [
  String.raw`(?:FROM|WHERE|AND|OR|ORDER\s+BY|GROUP\s+BY|HAVING|LIMIT|OFFSET|RETURNING|ON\s+CONFLICT|SET|(?:LEFT|RIGHT|INNER|FULL|CROSS)?\s*(?:OUTER\s+)?JOIN|UNION|FOR\s+UPDATE|VALUES)\s`,
];
const START = new RegExp(`${BEFORE}(?:(?:${STATEMENTS.join("|")})|[^\\S]*(?:${CLAUSES.join("|")}))`, "i");

/** Whether a file may hold SQL at all: a cheap look that saves parsing the others. */
export function mayHoldSql(text: string): boolean {
  return ANYWHERE.test(text);
}

const ANYWHERE =
  /\b(?:select\b[\s\S]{0,4000}?\b(?:from|\w+\s*\()|insert\s+into|update\s+\S+\s+(?:as\s+\w+\s+)?set|delete\s+from|merge\s+into|truncate\s|(?:create|alter|drop)\s+(?:\w+\s+){0,3}(?:table|index|view|type|function|schema|extension|sequence|database|role|user|trigger|policy)|listen\s|notify\s|vacuum|set\s+(?:local|session)|returning\s|on\s+conflict|order\s+by|where\s|explain\s|lock\s+table|refresh\s+materialized|copy\s)/i;
