import { EmptyState } from "#components/ui/empty-state.tsx";
import type { Tool } from "#lib/contract/index.ts";

interface ToolListProps {
  tools: readonly Tool[];
  selected: string | null;
  onSelect: (name: string) => void;
}

/** Names and first words of tools; the selected one is marked. */
export function ToolList({ tools, selected, onSelect }: ToolListProps) {
  if (tools.length === 0) return <EmptyState title="No tool matches" className="py-6" />;
  return (
    <ul className="max-h-72 divide-y overflow-y-auto lg:max-h-[70vh]">
      {tools.map((tool) => (
        <li key={tool.name} className="relative">
          <a
            data-row
            href={`?tool=${encodeURIComponent(tool.name)}`}
            onClick={(event) => {
              if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey)
                return;
              event.preventDefault();
              onSelect(tool.name);
            }}
            aria-current={tool.name === selected ? "true" : undefined}
            className="grid gap-0.5 px-4 py-2 hover:bg-raised/60 focus-visible:-outline-offset-2 aria-[current=true]:bg-raised aria-[current=true]:shadow-[inset_2px_0_0_var(--color-accent)]"
          >
            <span className="truncate font-medium font-mono text-xs">{tool.name}</span>
            <span className="truncate text-muted text-xs">
              {tool.description ?? tool.title ?? "No description"}
            </span>
          </a>
        </li>
      ))}
    </ul>
  );
}
