import type { Token } from "./tokens.js";

/** What a person sees in a text of SQL, as far as brackets, clauses and commas tell. Tokens `from` to `until` are in it. */
export interface Node {
  readonly kind: "leaf" | "group" | "call" | "case" | "item" | "clause" | "statement" | "text";
  readonly from: number;
  readonly until: number;
  /** Nodes of the same tokens in the same order have the same, within one `Ids`. */
  readonly id: number;
  /** What it begins with: the name of a call, the words that begin a clause. */
  readonly head: string;
  readonly children: readonly Node[];
}

/** Small numbers for what is the same: comparing two is comparing numbers. */
export type Ids = Map<string, number>;

/** Words that begin a clause, and those that belong to them. */
const CLAUSES: Readonly<Record<string, readonly string[]>> = {
  with: ["recursive"],
  select: [],
  from: [],
  where: [],
  group: ["by"],
  having: [],
  order: ["by"],
  partition: ["by"],
  limit: [],
  offset: [],
  fetch: [],
  for: [],
  union: ["all"],
  intersect: ["all"],
  except: ["all"],
  insert: ["into"],
  delete: ["from"],
  update: [],
  set: [],
  values: [],
  on: ["conflict", "duplicate", "key", "update"],
  using: [],
  returning: [],
  window: [],
  left: ["join", "lateral"],
  right: ["join"],
  full: ["join"],
  cross: ["join"],
  join: [],
};
/** Words that begin a clause only before or behind certain others. */
const ONLY_BEFORE: Readonly<Record<string, readonly string[]>> = {
  group: ["by"],
  order: ["by"],
  partition: ["by"],
  for: ["update", "share", "no", "key"],
  left: ["join"],
  right: ["join"],
  full: ["join"],
  cross: ["join"],
};
const NOT_BEHIND: Readonly<Record<string, readonly string[]>> = {
  from: ["distinct"],
  on: ["distinct"],
  update: ["for", "do", "key", "no"],
  set: ["null", "default"],
};
/** What may stand behind the keys of an index. */
const OF_INDEX: Readonly<Record<string, readonly string[]>> = { include: [], with: [], tablespace: [], where: [] };
const BRANCHES: Readonly<Record<string, readonly string[]>> = Object.fromEntries(["when", "then", "else"].map((word) => [word, []]));
/** What a list of clauses begins with; DDL has some of the words as well, and means others by them. */
const BEGINS_CLAUSES: ReadonlySet<string> = new Set([
  "with",
  "select",
  "insert",
  "update",
  "delete",
  "values",
  "where",
  "order",
  "partition",
]);
/** Behind these a bracket begins no list of arguments. */
const NO_CALL =
  /^(?:in|values|and|or|not|where|on|as|by|from|select|when|then|else|using|key|set|having|join|over|filter|any|all|exists|unique|check|is|like|between|limit|returning|with|union|except|intersect|case|distinct|array|row|lateral|into|table|index|references|primary|within|btree|hash|gin|gist|spgist|brin|ivfflat|hnsw)$/;
/** Behind these stands the name of a relation, and its columns in brackets. */
const BEFORE_RELATION = /^(?:into|table|references|exists|view|only)$/;
const WORD = /^["`\w\u0080-\uffff]/;

export function treeOf(tokens: readonly Token[], ids: Ids): Node {
  let at = 0;
  const idOf = (key: string): number => {
    const known = ids.get(key);
    if (known !== undefined) return known;
    ids.set(key, ids.size);
    return ids.size - 1;
  };
  const leaf = (from: number, until: number): Node => {
    const head =
      until === from + 1
        ? tokens[from]!.key
        : tokens
            .slice(from, until)
            .map(({ key }) => key)
            .join("");
    return { kind: "leaf", from, until, id: idOf(head), head, children: [] };
  };
  const node = (kind: Node["kind"], children: readonly Node[], head: string): Node => ({
    kind,
    from: children[0]!.from,
    until: children.at(-1)!.until,
    id: idOf(`${kind} ${children.map(({ id }) => id).join(" ")}`),
    head,
    children,
  });

  const isIndex = tokens[0]?.key === "create" && tokens.slice(1, 3).some(({ key }) => key === "index");
  const isRelation = (before: string | undefined) => before !== undefined && (BEFORE_RELATION.test(before) || (isIndex && before === "on"));

  /** Nodes up to a closing bracket or an END, each a word, a name or something in brackets. */
  const flat = (isEnd: (key: string) => boolean): Node[] => {
    const all: Node[] = [];
    while (at < tokens.length && !isEnd(tokens[at]!.key)) {
      const { key } = tokens[at]!;
      if (key === "(" || key === "[") {
        const group = bracketed(key === "(" ? ")" : "]");
        const name = all.at(-1);
        if (key === "(" && name?.kind === "leaf" && WORD.test(name.head) && !NO_CALL.test(name.head) && !isRelation(all.at(-2)?.head))
          all.push(node("call", [all.pop()!, group], name.head));
        else all.push(group);
      } else if (key === "case") all.push(branches());
      else all.push(name());
    }
    return all;
  };
  const name = (): Node => {
    const from = at++;
    if (WORD.test(tokens[from]!.key))
      while (tokens[at]?.key === "." && at + 1 < tokens.length && (tokens[at + 1]!.key === "*" || WORD.test(tokens[at + 1]!.key))) at += 2;
    return leaf(from, at);
  };
  const bracketed = (closing: string): Node => {
    const children = [leaf(at, ++at)];
    children.push(...parts(flat((key) => key === closing || key === ";")));
    if (tokens[at]?.key === closing) children.push(leaf(at, ++at));
    return node("group", children, "(");
  };
  const branches = (): Node => {
    const children = [leaf(at, ++at)];
    children.push(
      ...clauses(
        flat((key) => key === "end" || key === ")" || key === ";"),
        BRANCHES,
      ),
    );
    if (tokens[at]?.key === "end") children.push(leaf(at, ++at));
    return node("case", children, "case");
  };

  /** The items of a list, with the commas between them. */
  const items = (all: readonly Node[]): Node[] => {
    const made: Node[] = [];
    let start = 0;
    for (let i = 0; i <= all.length; i++) {
      if (i < all.length && all[i]!.head !== ",") continue;
      if (i > start) made.push(node("item", all.slice(start, i), all[start]!.head));
      if (i < all.length) made.push(all[i]!);
      start = i + 1;
    }
    return made;
  };
  const clauses = (all: readonly Node[], words: Readonly<Record<string, readonly string[]>>): Node[] => {
    const made: Node[] = [];
    let last: { readonly at: number; readonly body: number } | undefined;
    const close = (end: number) => {
      if (!last) made.push(...items(all.slice(0, end)));
      else {
        const heads = all.slice(last.at, last.body);
        made.push(node("clause", [...heads, ...items(all.slice(last.body, end))], heads.map(({ head }) => head).join(" ")));
      }
    };
    for (let i = 0; i < all.length; i++) {
      const { kind, head } = all[i]!;
      const more = kind === "leaf" && Object.hasOwn(words, head) ? words[head] : undefined;
      if (!more) continue;
      if (ONLY_BEFORE[head] && !ONLY_BEFORE[head].includes(all[i + 1]?.head ?? "")) continue;
      if (NOT_BEHIND[head]?.includes(all[i - 1]?.head ?? "")) continue;
      if (i > 0 || last) close(i);
      let body = i + 1;
      while (body < all.length && more.includes(all[body]!.head)) body++;
      last = { at: i, body };
      i = body - 1;
    }
    close(all.length);
    return made;
  };
  const parts = (all: readonly Node[]): Node[] => {
    if (isIndex && all[0]!.from === 0) return clauses(all, OF_INDEX);
    const isList = BEGINS_CLAUSES.has(all[0]?.head ?? "") || all.some(({ kind, head }) => kind === "leaf" && head === "select");
    return isList ? clauses(all, CLAUSES) : items(all);
  };

  const all: Node[] = [];
  while (at < tokens.length) {
    const own = parts(flat((key) => key === ";"));
    if (own.length > 0) all.push(node("statement", own, own[0]!.head));
    if (at < tokens.length) all.push(leaf(at, ++at));
  }
  return { kind: "text", from: 0, until: tokens.length, id: -1, head: "", children: all };
}
