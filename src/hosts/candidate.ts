/** Stands for a hole where a text is looked at. */
export const HOLE = "\uE000";

/** Something that a name, a word or a hole may be. */
const WORD = String.raw`[\w"\x60$.\uE000@:%{}\[\]-]+`;

const OBJECT =
  "table|index|view|type|function|procedure|schema|extension|sequence|database|role|user|trigger|policy|domain|aggregate|collation|cast|" +
  "publication|subscription|server|foreign|materialized|unique|temp|temporary|unlogged|or\\s+replace|event|operator|language|rule|statistics|" +
  "default|system|owned|group|tablespace|large|access|text\\s+search|recursive|conversion|transform|concurrently|global|local|constraint";

const STATEMENTS = pattern(
  "iy",
  String.raw`insert\s+into\b`,
  String.raw`update\s+[\s\S]*?\bset\b`,
  String.raw`delete\s+from\b`,
  String.raw`merge\s+into\b`,
  String.raw`with\s+(?:recursive\s+)?${WORD}\s*(?:\([^)]*\)\s*)?as\b`,
  String.raw`values\s*\(`,
  String.raw`(?:create|alter|drop)\s+(?:${OBJECT})\b`,
  String.raw`comment\s+on\s+(?:${OBJECT}|column)\b`,
  String.raw`(?:grant|revoke)\s[\s\S]*?\s(?:to|from)\s`,
  String.raw`refresh\s+materialized\b`,
  String.raw`start\s+transaction\b`,
  String.raw`(?:begin|commit|rollback)(?:\s*;|\s+(?:work|transaction)\s*(?:;|$|isolation\b|read\b|and\b)|\s+(?:to|prepared|isolation)\s)`,
  String.raw`set\s+(?:local\s+|session\s+)?(?:${WORD}\s*=|${WORD}\s+to\s|transaction\b|time\s+zone\b|role\b|constraints\b|session\s|names\b)`,
  String.raw`lock\s+table\s`,
  String.raw`explain\s*(?:\(|analyze\b|verbose\b|select\b|insert\b|update\b|delete\b|with\b|\uE000)`,
  String.raw`copy\s*(?:\(|${WORD}\s*(?:\([^)]*\)\s*)?(?:from|to)\s)`,
  String.raw`declare\s+${WORD}\s[\w\s]*cursor\b`,
  String.raw`do\s*(?:\$|'|language\b)`,
  String.raw`prepare\s+(?:transaction\s|${WORD}\s*(?:\([^)]*\)\s*)?as\b)`,
);

/** Statements that read as an order in English when only their first letter is a capital: "Reset password". */
const ORDERS = pattern(
  "iy",
  String.raw`truncate\s+(?:table\s+|only\s+)?${WORD}\s*(?:,|;|\*|restart\b|continue\b|cascade\b|restrict\b|$)`,
  String.raw`(?:reindex|cluster|vacuum|analyze)\b(?:\s*\(|[\w\s".\uE000]*;?\s*$)`,
  String.raw`(?:savepoint|release(?:\s+savepoint)?|listen|unlisten)\s+${WORD}\s*;?\s*$`,
  String.raw`notify\s+${WORD}\s*(?:,|;?\s*$)`,
  String.raw`(?:show|reset)\s+(?:all|role|session|timezone|datestyle|transaction\s+isolation\s+level|time\s+zone|\w+_\w+|\w+\.\w+)\s*;?\s*$`,
  String.raw`lock\s+(?:only\s+)?${WORD}\s*(?:;|in\s)`,
  String.raw`(?:fetch|move)\s+(?:next|prior|first|last|all|forward|backward|absolute|relative|\d+|\uE000)\b[\s\S]*?\b(?:from|in)\b`,
  String.raw`close\s+all\s*;?\s*$`,
  String.raw`call\s+${WORD}\s*\(`,
  String.raw`execute\s+${WORD}\s*\(`,
  String.raw`(?:deallocate|discard)\s+(?:all|prepare|plans|temp|sequences)\b`,
);

/** What is SQL in capitals only. */
const CAPITALS = pattern(
  "y",
  String.raw`(?:BEGIN|COMMIT|ROLLBACK|END|ABORT)\s*;?\s*$`,
  String.raw`(?:SHOW|RESET|CLOSE|EXECUTE|DEALLOCATE)\s+${WORD}\s*;?\s*$`,
  String.raw`UPDATE\s+(?:ONLY\s+)?${WORD}\s*$`,
  String.raw`\\?\\copy\s`,
  String.raw`(?:CREATE|ALTER|DROP|COMMENT\s+ON|WITH|WITH\s+RECURSIVE|UPDATE|SET|TRUNCATE|LOCK)\s+\uE000`,
  String.raw`(?:FROM|WHERE|AND|OR|ORDER\s+BY|GROUP\s+BY|HAVING|LIMIT|OFFSET|RETURNING|ON\s+CONFLICT|SET|VALUES|USING|UNION|EXCEPT|INTERSECT|(?:(?:LEFT|RIGHT|INNER|FULL|CROSS)\s+)?(?:OUTER\s+)?JOIN)(?:\s+\S|[(\uE000])|FOR\s+(?:UPDATE|SHARE)\b`,
);

function pattern(flags: string, ...alternatives: readonly string[]): RegExp {
  return new RegExp(alternatives.map((each) => `(?:${each})`).join("|"), flags);
}

/** A selection in small letters, or with a capital, may be prose: "Select a file". Something of SQL must come after. */
const SELECTS =
  /SELECT(?![\w[])(?=\s*\S)|select(?=[\s*(\uE000'"$])(?=\s*[\d*('"\uE000$:@?%]|(?:[^.!?]|[.!?](?!\s))*?(?:\bfrom\b|[(*,='\uE000]|::|\bas\b))|Select\s(?=(?:[^.!?]|[.!?](?!\s))*?\bfrom\s)/y;

/** Clauses in small letters, which begin English sentences too: then something of SQL must come after. */
const SMALL = new RegExp(
  String.raw`(?:order by|group by|limit [\d$?:\uE000%]|offset [\d$?:\uE000%]|returning [\w"*]|on conflict|for update|(?:left |right |inner |full |cross )?(?:outer )?join ${WORD}[\s\w]* on |(?:from|where|and|or|set|having|values)\s*[("'$:?@]|(?:where|having)\s*[\d\uE000]|(?:where|and|or|set|having)\s+(?:not\s+)?${WORD}(?:\([^()]*\))?\s*(?:=|<|>|!=|~|::|(?:not\s+)?(?:in|like|ilike|between)\b\s*[(:$?'\uE000%]|is\s+(?:not\s+)?null)|from ${WORD}[\s\w,]* where)`,
  "y",
);

const TYPE =
  "text|int[248]?|integer|bigint|smallint|jsonb?|uuid|date|timestamp(?:tz)?|numeric|decimal|float[48]?|bool(?:ean)?|varchar|interval|regclass|regtype|bytea|citext|inet|oid|name|double precision";

/** What only a condition or another expression of SQL has, wherever it begins. */
const EXPRESSION = pattern(
  "i",
  String.raw`\(\s*SELECT\s[^.!?]*?\sFROM\s`,
  String.raw`[\w"')\]]\s+(?:NOT\s+)?ILIKE\s+[$:?'%@\w\uE000(]`,
  String.raw`(?:=|<>|!=|<|>)\s*(?:ANY|ALL)\s*\(`,
  String.raw`[\w"')\]]\s*#?->>?\s*'`,
  String.raw`[\w"')\]}\uE000]::(?:${TYPE})\b(?!:)`,
  String.raw`\bIS\s+(?:NOT\s+)?DISTINCT\s+FROM\b`,
  String.raw`\b(?:ASC|DESC)\s+NULLS\s+(?:FIRST|LAST)\b`,
  String.raw`[\w"')\]]\s*(?:@>|<@)\s*[$:'?\w\uE000]`,
  String.raw`^\s*\(?[\w"]+(?:\.[\w"]+)?\s*(?:=|<>|!=|<=|>=|<|>)\s*(?:\$\d+|\?|:\w+|@\w+)(?:[\s),;]|$)`,
  String.raw`^\s*\(?[\w"]+(?:\.[\w"]+)?\s+IS\s+(?:NOT\s+)?NULL\b`,
);

/**
 * Whether a text, holes in it as `HOLE`, begins as SQL does, or as a clause that is put into SQL at run time. A look at the first words
 * mostly, which lets some prose through ("select all from the list"): parsing decides. Comments and brackets may stand before.
 */
export function mayBeSql(text: string): boolean {
  const at = beginning(text);
  if (/select/iy.test(text.slice(at, at + 6))) return matches(SELECTS, text, at);
  if (matches(STATEMENTS, text, at) || matches(CAPITALS, text, at) || matches(SMALL, text, at)) return true;
  return EXPRESSION.test(text) || (!/^[A-Z][a-z]/.test(text.slice(at, at + 2)) && matches(ORDERS, text, at));
}

/** Whether a literal, as it is written, is worth that look: its first word is one that begins SQL, its beginning is a hole, or it is a condition. */
export function mayBegin(written: string): boolean {
  return matches(FIRST, written, beginning(written)) || EXPRESSION.test(written);
}

const FIRST =
  /(?:select|insert|update|delete|merge|with|values|create|alter|drop|comment|grant|revoke|truncate|refresh|reindex|cluster|vacuum|analyze|begin|commit|rollback|end|abort|start|savepoint|release|listen|unlisten|notify|set|reset|show|lock|explain|copy|declare|fetch|move|close|call|do|prepare|execute|deallocate|discard|from|where|and|or|order|group|having|limit|offset|returning|on|left|right|inner|full|cross|outer|join|union|except|intersect|for|using)\b|[${%#{]|\\\\?copy\b/iy;

function matches(pattern: RegExp, text: string, at: number): boolean {
  pattern.lastIndex = at;
  return pattern.test(text);
}

/** Behind what may stand before SQL: white space (also as an escape), comments, opening brackets, holes. */
function beginning(text: string): number {
  let at = 0;
  for (;;) {
    const character = text[at];
    if (character === undefined) return at;
    if (/[\s(;\uE000]/.test(character)) at++;
    else if (character === "\\" && /[nrt\s]/.test(text[at + 1] ?? "")) at += 2;
    else if (text.startsWith("--", at)) at = endOf(text, "\n", at);
    else if (text.startsWith("/*", at)) at = endOf(text, "*/", at + 2);
    else return at;
  }
}

function endOf(text: string, sign: string, from: number): number {
  const found = text.indexOf(sign, from);
  return found < 0 ? text.length : found + sign.length;
}

/** Whether a file may hold SQL at all: a cheap look that saves parsing the others. */
export function mayHoldSql(text: string): boolean {
  return ANYWHERE.test(text);
}

const ANYWHERE =
  /\b(?:select\b[\s\S]{0,4000}?\b(?:from|\w+\s*\()|select\s+[\d']|insert\s+into|update\s+\S+\s+(?:as\s+\w+\s+)?set|delete\s+from|merge\s+into|truncate\s|(?:create|alter|drop)\s+(?:\w+\s+){0,3}(?:table|index|view|type|function|schema|extension|sequence|database|role|user|trigger|policy)|listen\s|notify\s|vacuum|set\s+(?:local|session|transaction|role|search_path|statement_timeout|lock_timeout|time\s+zone)|show\s+\w+["'`;]|savepoint|returning\s|on\s+conflict|order\s+by|where\s|explain\s|lock\s+table|refresh\s+materialized|copy\s)/i;
