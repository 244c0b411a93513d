import { Field } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";
import { Textarea } from "#components/ui/textarea.tsx";

const NAME_CHARACTERS_MAX = 100;
const DESCRIPTION_CHARACTERS_MAX = 1000;

export interface AgentValues {
  readonly name: string;
  readonly description: string;
}

interface AgentFieldsProps {
  values: AgentValues;
  onChange: (values: AgentValues) => void;
  readOnly: boolean;
  errorOf: (field: keyof AgentValues) => string | null;
  autoFocus?: boolean;
}

/** What an agent is called, and what it is for. */
export function AgentFields({ values, onChange, readOnly, errorOf, autoFocus = false }: AgentFieldsProps) {
  return (
    <>
      <Field label="Name" error={errorOf("name")}>
        {(control) => (
          <Input
            {...control}
            value={values.name}
            onChange={(event) => onChange({ ...values, name: event.target.value })}
            placeholder="Support bot"
            required
            autoFocus={autoFocus}
            maxLength={NAME_CHARACTERS_MAX}
            autoComplete="off"
            readOnly={readOnly}
          />
        )}
      </Field>
      <Field label="Description" optional error={errorOf("description")}>
        {(control) => (
          <Textarea
            {...control}
            value={values.description}
            onChange={(event) => onChange({ ...values, description: event.target.value })}
            placeholder="Answers tickets in the help centre; runs in the support back end."
            maxLength={DESCRIPTION_CHARACTERS_MAX}
            rows={2}
            readOnly={readOnly}
          />
        )}
      </Field>
    </>
  );
}
