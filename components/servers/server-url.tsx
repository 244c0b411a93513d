import { cn } from "#components/ui/class-names.ts";
import { CopyButton } from "#components/ui/copy-button.tsx";

/** The MCP URL of a server, whole in the clipboard and shortened on the screen. */
export function ServerUrl({ url, className }: { url: string; className?: string }) {
  return (
    <span
      className={cn(
        "inline-flex h-7 min-w-0 max-w-full items-center rounded-md border border-line pl-2 font-mono text-muted text-xs",
        className,
      )}
    >
      <span className="truncate" title={url}>
        {url}
      </span>
      <CopyButton value={url} label="Copy MCP URL" className="size-6.5" />
    </span>
  );
}
