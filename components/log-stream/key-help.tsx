import { Dialog, DialogBody, DialogContent } from "#components/ui/dialog.tsx";
import { Kbd } from "#components/ui/kbd.tsx";
import { VIEWER_KEYS } from "./viewer-keys.ts";

/** The keys of the viewer. */
export function KeyHelp({ open, onOpenChange }: { open: boolean; onOpenChange: (open: boolean) => void }) {
  return (
    <Dialog open={open} onOpenChange={onOpenChange}>
      <DialogContent title="Keys in the log">
        <DialogBody>
          <dl className="grid gap-y-2">
            {VIEWER_KEYS.map(({ keys, does }) => (
              <div key={does} className="flex items-baseline justify-between gap-6">
                <dt className="text-sm">{does}</dt>
                <dd className="flex shrink-0 gap-1">
                  {keys.map((key) => (
                    <Kbd key={key}>{key}</Kbd>
                  ))}
                </dd>
              </div>
            ))}
          </dl>
        </DialogBody>
      </DialogContent>
    </Dialog>
  );
}
