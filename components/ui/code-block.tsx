import { cn } from "./class-names.ts";
import { CopyButton } from "./copy-button.tsx";

/** Text to read or copy exactly: a command, a snippet, a runtime's own message. */
export function CodeBlock({
  code,
  label,
  wrap = false,
  className,
}: {
  code: string;
  label: string;
  wrap?: boolean;
  className?: string;
}) {
  return (
    <div className={cn("flex min-w-0 items-start rounded-md border bg-bg", className)}>
      <section
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard
        tabIndex={0}
        aria-label={label}
        className="min-w-0 flex-1 overflow-x-auto p-3 text-xs leading-5"
      >
        <pre className={cn(wrap && "whitespace-pre-wrap break-words")}>
          <code>{code}</code>
        </pre>
      </section>
      <CopyButton value={code} label={`Copy ${label}`} className="m-1.5 ml-0" />
    </div>
  );
}
