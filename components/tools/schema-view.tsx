import { Badge } from "#components/ui/badge.tsx";
import { CodeBlock } from "#components/ui/code-block.tsx";
import { fieldsOf } from "./tool-fields.ts";

interface SchemaViewProps {
  label: string;
  schema: Readonly<Record<string, unknown>>;
}

const typeText = (schema: unknown): string => {
  if (typeof schema !== "object" || schema === null) return "any";
  const { type, enum: values } = schema as { type?: unknown; enum?: unknown };
  if (Array.isArray(values)) return values.map((value) => JSON.stringify(value)).join(" | ");
  return Array.isArray(type) ? type.join(" | ") : typeof type === "string" ? type : "any";
};

/** A JSON schema of an object: its members as a list, and the whole of it as it was sent. */
export function SchemaView({ label, schema }: SchemaViewProps) {
  const fields = fieldsOf(schema);
  const properties = (schema.properties ?? {}) as Readonly<Record<string, unknown>>;
  return (
    <div className="grid gap-3">
      {fields.length === 0 ? (
        <p className="text-muted text-sm">No members.</p>
      ) : (
        <dl className="divide-y rounded-md border">
          {fields.map((field) => (
            <div key={field.name} className="grid gap-0.5 px-3 py-2">
              <dt className="flex flex-wrap items-baseline gap-x-2 gap-y-1">
                <code className="break-all font-medium text-xs">{field.name}</code>
                <code className="break-all text-muted text-xs">{typeText(properties[field.name])}</code>
                {field.isRequired ? <Badge>required</Badge> : null}
                {field.hint ? <span className="text-faint text-xs">{field.hint}</span> : null}
              </dt>
              {field.description ? <dd className="text-muted text-sm">{field.description}</dd> : null}
            </div>
          ))}
        </dl>
      )}
      <details>
        <summary className="w-fit rounded-sm text-muted text-xs hover:text-fg">As JSON</summary>
        <CodeBlock
          label={label}
          code={JSON.stringify(schema, null, 2)}
          className="mt-2 max-h-96 overflow-auto"
        />
      </details>
    </div>
  );
}
