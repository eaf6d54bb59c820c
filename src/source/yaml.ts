/** The parts of the YAML parser that are used, by settings and by host files. */
export { isMap, isScalar, isSeq, LineCounter, type Node, parseAllDocuments, parseDocument, type Scalar, visit } from "yaml";
