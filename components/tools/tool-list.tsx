import Link from "next/link";
import { EmptyState } from "#components/ui/empty-state.tsx";
import type { Tool } from "#lib/contract/index.ts";

interface ToolListProps {
  tools: readonly Tool[];
  selected: string | null;
  /** The filter in the address, which a click keeps. */
  q: string;
}

/** Names and first words of tools; the selected one is marked. */
export function ToolList({ tools, selected, q }: ToolListProps) {
  if (tools.length === 0) return <EmptyState title="No tool matches" className="py-6" />;
  return (
    <ul className="max-h-72 divide-y overflow-y-auto lg:max-h-[70vh]">
      {tools.map((tool) => (
        <li key={tool.name} className="relative">
          <Link
            data-row
            href={{ query: { tool: tool.name, ...(q === "" ? {} : { q }) } }}
            scroll={false}
            prefetch={false}
            aria-current={tool.name === selected ? "true" : undefined}
            className="grid gap-0.5 px-4 py-2 hover:bg-raised/60 focus-visible:-outline-offset-2 aria-[current=true]:bg-raised aria-[current=true]:shadow-[inset_2px_0_0_var(--color-accent)]"
          >
            <span className="truncate font-medium font-mono text-xs">{tool.name}</span>
            <span className="truncate text-muted text-xs">
              {tool.description ?? tool.title ?? "No description"}
            </span>
          </Link>
        </li>
      ))}
    </ul>
  );
}
