import { as, type Context, note, qualified, rule, type Value, warning } from "../../src/rule.js";

export default rule({
  construct: "a trigger that only refuses rows",
  why: `A trigger for each row of INSERT and UPDATE that does nothing but to raise an exception where columns of the new row do not fit is a CHECK.
The trigger's function is known by its parsed body, whatever it is called: IF … THEN RAISE EXCEPTION …, also nested and with ELSE, then RETURN NEW. An
IF whose condition is NULL raises nothing, and a CHECK that is NULL refuses nothing. Triggers for INSERT or UPDATE alone, those that look at the old
row or at other tables, and those whose columns a later trigger changes are none.`,
  docs: {
    pg: "https://www.postgresql.org/docs/current/plpgsql-trigger.html",
    tidb: "https://docs.pingcap.com/tidb/stable/constraints#check",
  },
  messages: {
    checked: warning(
      "trigger {name} became CHECK {check} of {table}: TiDB refuses the same rows with error 3819, which says the CHECK's name and not {said}",
      {
        help: "give the message where the application meets error 3819; a trigger leaves alone what is there, a CHECK is made only where no row breaks it: mend those first",
      },
    ),
    "taken-off": note("trigger {name} is no longer in force, and CHECK {check} of {table} goes with it"),
    already: note("trigger {name} needs nothing: CHECK {check} stands for it already"),
    served: note("function {name}() only refuses rows for triggers, which are CHECKs in TiDB: see what is said of each where it is made"),
  },
  on: (takes) => [
    takes("CreateTrigStmt", ["trigname"], (trigger, ctx) => {
      const { added = [], already } = ctx.catalog.revalidated.get(trigger as never) ?? {};
      tell(ctx, trigger);
      const own = added.find((each) => each.trigger === trigger) ?? already;
      if (!own || ctx.lost(own.constraint)) return;
      ctx.consumed(trigger as never);
      if (own === already) ctx.report("already", { name: trigger.trigname ?? "", check: own.name });
      return ctx.statements([]);
    }),
    takes("CreateFunctionStmt", ["funcname"], (routine, ctx) => {
      tell(ctx, routine);
      const { name } = qualified(routine.funcname ?? []);
      const triggers = [...ctx.final.triggerOf.values()].filter((trigger) => trigger.routine.name === name);
      const { revalidated } = ctx.final;
      const served = new Set<unknown>([...revalidated.values()].flatMap(({ added }) => added.map(({ trigger }) => trigger)));
      const all = triggers.length > 0 && triggers.every(({ node }) => served.has(node) || revalidated.get(node)?.already);
      if (!all) return;
      ctx.consumed(routine as never);
      return ctx.statements([], "served", { name });
    }),
    takes("DropStmt", ["removeType"], (drop, ctx) => {
      if (!tell(ctx, drop)) return;
      ctx.consumed(drop as never);
      return drop.removeType === "OBJECT_TRIGGER" ? ctx.statements([]) : undefined;
    }),
    takes("RenameStmt", ["renameType"], (rename, ctx) => {
      if (!tell(ctx, rename)) return;
      ctx.consumed(rename as never);
      return ctx.statements([]);
    }),
    takes("AlterTableCmd", ["subtype", "name"], (cmd, ctx) => {
      const alter = ctx.within("AlterTableStmt");
      if (!isSwitch(cmd) || !alter || !ctx.catalog.revalidated.has(alter)) return;
      if (alter.cmds?.find(isSwitch) === ctx.origin(cmd as never)) tell(ctx, alter);
      ctx.consumed(cmd as never);
      return ctx.statements([]);
    }),
  ],
  examples: [
    {
      pg: `CREATE TABLE t (id int PRIMARY KEY, a int, b int);
CREATE FUNCTION fits() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  IF NEW.a < 0 THEN RAISE EXCEPTION 'a must not be negative: %', NEW.a; END IF;
  IF NEW.b IS NULL OR NEW.b > NEW.a + 10 THEN RAISE EXCEPTION 'b does not fit'; END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER fits BEFORE INSERT OR UPDATE ON t FOR EACH ROW EXECUTE FUNCTION fits();
CREATE OR REPLACE TRIGGER fits BEFORE INSERT OR UPDATE ON t FOR EACH ROW EXECUTE FUNCTION fits()`,
      tidb: `CREATE TABLE t (
  id INT,
  a INT,
  b INT,
  PRIMARY KEY (id)
) COLLATE utf8mb4_0900_bin;
ALTER TABLE t ADD CONSTRAINT t_fits_check CHECK (a >= 0 AND b IS NOT NULL AND b <= a + 10)`,
      findings: ["served", "checked", "already"],
      accepts: ["INSERT INTO t VALUES (1, 0, 10), (2, NULL, 7)", "UPDATE t SET a = NULL WHERE id = 1"],
      refuses: ["INSERT INTO t VALUES (3, -1, 0)", "INSERT INTO t VALUES (3, 1, NULL)", "UPDATE t SET b = 99, a = 1"],
    },
    {
      given: "CREATE TABLE t (id int PRIMARY KEY, a int, kind text, tag varchar(9))",
      pg: `CREATE FUNCTION fits() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  IF NEW.kind = 'free' THEN RETURN NEW; END IF;
  IF NEW.a > 3 THEN
    IF NEW.tag IS NULL THEN RAISE EXCEPTION 'no tag'; END IF;
  ELSE
    RAISE EXCEPTION 'too small' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER fits BEFORE INSERT OR UPDATE OF a, kind, tag ON t FOR EACH ROW WHEN (NEW.a IS DISTINCT FROM 7) EXECUTE FUNCTION fits();
ALTER TABLE t DISABLE TRIGGER ALL, ADD COLUMN b int;
ALTER TABLE t ENABLE TRIGGER fits;
ALTER TRIGGER fits ON t RENAME TO fitting;
CREATE OR REPLACE FUNCTION fits() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  IF NEW.a IS NULL AND NEW.tag = 'x' OR char_length(NEW.tag) > 3 THEN RAISE EXCEPTION 'tag'; ELSE RETURN NEW; END IF;
END $$`,
      tidb: `ALTER TABLE t ADD CONSTRAINT t_fits_check CHECK (NOT (NOT (a <=> 7) AND (kind = 'free') IS NOT TRUE AND a > 3 AND tag IS NULL) AND NOT (NOT (a <=> 7) AND (kind = 'free') IS NOT TRUE AND (a > 3) IS NOT TRUE));
ALTER TABLE t DROP CONSTRAINT t_fits_check;
ALTER TABLE t ADD COLUMN b INT;
ALTER TABLE t ADD CONSTRAINT t_fits_check CHECK (NOT (NOT (a <=> 7) AND (kind = 'free') IS NOT TRUE AND a > 3 AND tag IS NULL) AND NOT (NOT (a <=> 7) AND (kind = 'free') IS NOT TRUE AND (a > 3) IS NOT TRUE));
ALTER TABLE t DROP CONSTRAINT t_fits_check;
ALTER TABLE t ADD CONSTRAINT t_fitting_check CHECK (NOT (NOT (a <=> 7) AND (kind = 'free') IS NOT TRUE AND a > 3 AND tag IS NULL) AND NOT (NOT (a <=> 7) AND (kind = 'free') IS NOT TRUE AND (a > 3) IS NOT TRUE));
ALTER TABLE t DROP CONSTRAINT t_fitting_check;
ALTER TABLE t ADD CONSTRAINT t_fitting_check CHECK (NOT (NOT (a <=> 7) AND (a IS NULL AND tag = 'x' OR CHAR_LENGTH(tag) > 3)))`,
      findings: ["served", "checked", "taken-off", "checked", "taken-off", "checked", "taken-off", "checked", "served"],
      accepts: [
        "INSERT INTO t (id, a, kind, tag) VALUES (1, 1, NULL, NULL), (2, 9, 'free', 'abc'), (3, NULL, NULL, 'y'), (4, 1, 'x', 'x')",
        "UPDATE t SET a = NULL WHERE id = 2",
      ],
      refuses: ["INSERT INTO t (id, tag) VALUES (5, 'x')", "UPDATE t SET tag = 'long' WHERE id = 1"],
    },
    {
      given: `CREATE TABLE p (id int PRIMARY KEY, n int); CREATE FUNCTION fits() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN IF NEW.n = 0 THEN RAISE EXCEPTION USING MESSAGE = 'none'; END IF; RETURN NULL; END $$`,
      pg: `CREATE CONSTRAINT TRIGGER fits AFTER INSERT OR UPDATE ON p FOR EACH ROW EXECUTE FUNCTION fits();
DROP TRIGGER fits ON p`,
      tidb: "ALTER TABLE p ADD CONSTRAINT p_fits_check CHECK (n <> 0);\nALTER TABLE p DROP CONSTRAINT p_fits_check",
      findings: ["checked", "taken-off"],
      accepts: ["INSERT INTO p VALUES (1, 0)"],
    },
  ],
});

type Ctx = Context<"checked" | "taken-off" | "already" | "served">;

/** Says what a statement changes in CHECKs that stand for triggers; whether it changes something. */
function tell(ctx: Ctx, node: object): boolean {
  const { added = [], dropped = [] } = ctx.catalog.revalidated.get(node as never) ?? {};
  const given = added.filter(({ constraint }) => !ctx.lost(constraint));
  const gone = dropped.filter(({ constraint }) => !ctx.lost(constraint));
  for (const { trigger, table, name } of gone) ctx.report("taken-off", { name: trigger.trigname ?? "", check: name, table: table.name });
  for (const { trigger, table, name, messages } of given) {
    const said = messages.length > 0 ? messages.map((message) => `'${message}'`).join(", ") : "what the trigger said";
    ctx.report("checked", { name: trigger.trigname ?? "", check: name, table: table.name, said });
  }
  return given.length + gone.length > 0;
}

/** ENABLE and DISABLE TRIGGER in their forms. */
function isSwitch(value: Value): boolean {
  return /^AT_(?:Enable|Disable)\w*Trig/.test(as("AlterTableCmd", value)?.subtype ?? "");
}
