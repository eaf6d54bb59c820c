import { describe, expect, it } from "vitest";
import { renderHtml } from "../../src/report/html.js";
import { renderJson } from "../../src/report/json.js";
import { renderMarkdown } from "../../src/report/markdown.js";
import { buildReport } from "../../src/report/model.js";
import { convertTexts } from "../support/converting.js";

const SCHEMA = `
CREATE TABLE doc (id int PRIMARY KEY, body text, at timestamptz DEFAULT now());
CREATE TABLE audit (doc int, what text);
CREATE FUNCTION touch() RETURNS trigger AS $$ BEGIN NEW.at = now(); RETURN NEW; END $$ LANGUAGE plpgsql;
CREATE FUNCTION log() RETURNS trigger AS $$
BEGIN
  IF NEW.body IS NULL THEN RAISE EXCEPTION 'empty'; END IF;
  INSERT INTO audit SELECT NEW.id, x.what FROM kinds x;
  RETURN NEW;
END $$ LANGUAGE plpgsql;
CREATE TRIGGER touch_doc BEFORE UPDATE ON doc FOR EACH ROW EXECUTE FUNCTION touch();
CREATE TRIGGER log_doc AFTER INSERT OR DELETE ON doc FOR EACH ROW EXECUTE FUNCTION log();
CREATE FUNCTION gone() RETURNS int AS $$ SELECT 1 $$ LANGUAGE sql;
DROP FUNCTION gone();
CREATE FUNCTION app.changes(n int) RETURNS bigint AS $$ SELECT count(*) FROM audit WHERE doc = n $$ LANGUAGE sql;
CREATE VIEW good AS WITH own AS (SELECT id FROM doc) SELECT id FROM own;
CREATE VIEW "bad <b>" AS SELECT to_tsvector(what) AS words FROM audit;
CREATE VIEW dropped AS SELECT id FROM doc;
DROP VIEW dropped;
`;

describe("the logic of a schema", () => {
  it("is listed as it is at the end, with what it does and where it goes", async () => {
    const { logic } = await convertTexts({ "schema.sql": SCHEMA });
    expect(logic.map(({ kind, name, inOutput, effort }) => [kind, name, inOutput, effort])).toEqual([
      ["function", "app.changes", false, "medium"],
      ["trigger", "touch_doc", true, "small"],
      ["trigger", "log_doc", false, "medium"],
      ["view", "good", true, "small"],
      ["view", "bad <b>", false, "medium"],
    ]);
    expect(logic[0]).toMatchObject({ reads: ["audit"], writes: [], fails: false });
    expect(logic[2]).toMatchObject({
      table: "doc",
      fires: "after each row of INSERT or DELETE",
      calls: "log",
      reads: ["kinds"],
      writes: ["audit"],
      fails: true,
      dynamic: false,
    });
    expect(logic[3]).toMatchObject({ reads: ["doc"], advice: "" });
  });

  it("stands in the reports", async () => {
    const report = buildReport(await convertTexts({ "schema.sql": SCHEMA }));
    expect(JSON.parse(renderJson(report)).logic).toHaveLength(5);
    const markdown = renderMarkdown(report);
    expect(markdown).toContain("## Logic: 5 objects, 3 to be moved (3 medium)");
    expect(markdown).toContain("| trigger touch\\_doc of doc | before each row of UPDATE: it sets at of the row | none | TiDB does it |");
    const html = renderHtml(report);
    expect(html).toContain("<h2>Logic <small>5 objects, 3 to be moved (3 medium)</small></h2>");
    expect(html).toContain("<td>view bad &lt;b&gt;</td>");
    expect(html).not.toContain("bad <b>");
  });

  it("is passed over where there is none", async () => {
    const report = buildReport(await convertTexts({ "schema.sql": "CREATE TABLE t (a int)" }));
    expect(report.logic).toEqual([]);
    expect(renderMarkdown(report)).not.toContain("## Logic");
    expect(renderHtml(report)).not.toContain("<h2>Logic");
  });
});
