import xmlbuilder from "xmlbuilder";

/** An element of XML; what a text holds that XML 1.0 has no way to write stands as U+FFFD. */
export interface XmlElement {
  readonly name: string;
  readonly attributes?: Readonly<Record<string, string | number>>;
  /** Elements, or one text. */
  readonly children?: readonly XmlElement[] | string;
}

/** A whole document, indented, with its declaration. */
export function xmlDocument(root: XmlElement): string {
  const document = xmlbuilder.create(root.name, { encoding: "UTF-8", invalidCharReplacement: "\uFFFD" });
  fill(document, root);
  return `${document.end({ pretty: true })}\n`;
}

function fill(into: xmlbuilder.XMLElement, { attributes = {}, children = [] }: XmlElement): void {
  for (const [name, value] of Object.entries(attributes)) into.attribute(name, value);
  if (typeof children === "string") into.text(children);
  else for (const child of children) fill(into.element(child.name), child);
}
