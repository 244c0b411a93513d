import { CopyButton } from "#components/ui/copy-button.tsx";

/** The id that every part of the product names a request by, to copy. */
export function RequestIdFact({ requestId }: { requestId: string }) {
  return (
    <div className="flex min-w-0 items-center gap-3 sm:col-span-2">
      <dt className="w-28 shrink-0 text-faint">Request id</dt>
      <dd className="flex min-w-0 items-center gap-1">
        <code className="break-all text-xs">{requestId}</code>
        <CopyButton value={requestId} label="Copy request id" />
      </dd>
    </div>
  );
}
