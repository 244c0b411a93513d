import { Kbd } from "#components/ui/kbd.tsx";

/** The keys of a command, `g s` as G then S. */
export function CommandKeys({ keys }: { keys: string }) {
  return (
    <span className="flex shrink-0 gap-1">
      {keys.split(" ").map((key) => (
        <Kbd key={key}>{key.toUpperCase()}</Kbd>
      ))}
    </span>
  );
}
