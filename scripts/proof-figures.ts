/** What became of one project's queries, in numbers. */
export interface Proof extends Converted {
  readonly same: number;
  /** Without a finding that told so. */
  readonly differs: number;
  /** By TiDB, without a finding that told so. */
  readonly refused: number;
  readonly reported: number;
  readonly notRun: number;
}

/** Queries, views and changes of rows, each where it stands in its file. */
export interface Converted {
  readonly statements: number;
  /** Without an error finding. */
  readonly converted: number;
}

export type ProofRatchet = Readonly<Record<string, Proof>>;

const HEAD = ["project", "statements", "converted without error", "same", "differs", "refused", "reported", "not run"];

/** The figures as a Markdown table, a line a project and one for all. */
export function proofTable(figures: ProofRatchet): string {
  const all = Object.values(figures);
  const sum = (of: (proof: Proof) => number) => all.reduce((total, proof) => total + of(proof), 0);
  const total: Proof = {
    statements: sum((proof) => proof.statements),
    converted: sum((proof) => proof.converted),
    same: sum((proof) => proof.same),
    differs: sum((proof) => proof.differs),
    refused: sum((proof) => proof.refused),
    reported: sum((proof) => proof.reported),
    notRun: sum((proof) => proof.notRun),
  };
  const lines = [...Object.entries(figures), ["all", total] as const].map(([name, proof]) => [
    name,
    proof.statements,
    percentage(proof),
    proof.same,
    proof.differs,
    proof.refused,
    proof.reported,
    proof.notRun,
  ]);
  return [HEAD, HEAD.map((_, i) => (i === 0 ? "---" : "--:")), ...lines].map((cells) => `| ${cells.join(" | ")} |\n`).join("");
}

/** `85.3 %` */
export function percentage({ statements, converted }: Converted): string {
  return statements === 0 ? "–" : `${((100 * converted) / statements).toFixed(1)} %`;
}

/** What fell behind the figures kept; nothing when all is as good or better. */
export function provenLess(kept: ProofRatchet, now: ProofRatchet): string[] {
  return Object.entries(now).flatMap(([project, proof]) => {
    const before = kept[project];
    if (before === undefined) return [`${project} has no figures yet`];
    return [
      ...(proof.converted < before.converted
        ? [`${project}: statements without an error finding fell from ${before.converted} to ${proof.converted}`]
        : []),
      ...(proof.same < before.same ? [`${project}: statements that are the same fell from ${before.same} to ${proof.same}`] : []),
      ...(proof.differs > before.differs ? [`${project}: differences rose from ${before.differs} to ${proof.differs}`] : []),
      ...(proof.refused > before.refused ? [`${project}: refusals rose from ${before.refused} to ${proof.refused}`] : []),
    ];
  });
}
