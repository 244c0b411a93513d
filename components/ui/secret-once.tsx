import { CopyButton } from "./copy-button.tsx";
import { Notice } from "./notice.tsx";

/** A secret on its only appearance: the whole text, a copy button, and the warning. */
export function SecretOnce({ value, label }: { value: string; label: string }) {
  return (
    <div className="grid gap-2">
      <div className="flex items-start gap-2 rounded-md border border-line bg-bg p-2.5">
        <code className="min-w-0 flex-1 select-all break-all text-xs leading-5">{value}</code>
        <CopyButton value={value} label={`Copy ${label}`}>
          Copy
        </CopyButton>
      </div>
      <Notice tone="warn">It is shown only now. Nobody can show it again, only make a new one.</Notice>
    </div>
  );
}
