import { terminalJson } from "#lib/kernel/terminal-text.ts";

const PLAIN_KEY = /^[A-Za-z_][A-Za-z0-9_-]*$/;

/** JSON data as YAML. Strings are always quoted, so none can turn into another type. */
export const toYaml = (value: unknown): string => `${block(value, "")}\n`;

function block(value: unknown, indent: string): string {
  if (Array.isArray(value)) {
    if (value.length === 0) return "[]";
    return value.map((item) => `${indent}- ${nested(item, `${indent}  `)}`).join("\n");
  }
  if (typeof value === "object" && value !== null) {
    const entries = Object.entries(value).filter(([, item]) => item !== undefined);
    if (entries.length === 0) return "{}";
    return entries.map(([key, item]) => `${indent}${keyText(key)}:${after(item, `${indent}  `)}`).join("\n");
  }
  return terminalJson(value ?? null);
}

const isTree = (value: unknown): boolean =>
  typeof value === "object" && value !== null && Object.keys(value).length > 0;
const keyText = (key: string): string => (PLAIN_KEY.test(key) ? key : terminalJson(key));

/** After a dash: the first line shares the dash's line. */
const nested = (value: unknown, indent: string): string =>
  isTree(value) ? block(value, indent).slice(indent.length) : block(value, indent);

/** After a key: a tree starts on the next line. */
const after = (value: unknown, indent: string): string =>
  isTree(value) ? `\n${block(value, indent)}` : ` ${block(value, indent)}`;
