import { BrandMark } from "#components/shell/brand-mark.tsx";
import { Time } from "#components/ui/time.tsx";
import type { SharedReport } from "#lib/contract/incidents.ts";
import { ReportView } from "./report-view.tsx";

/** A report for people without an account: what was wrong, what it stands on, and until when this can be read. */
export function SharedReportPage({ shared }: { shared: Pick<SharedReport, "report" | "expiresAt"> }) {
  return (
    <main className="mx-auto grid w-full max-w-4xl gap-5 px-4 py-6 sm:px-6 sm:py-10 print:max-w-none print:p-0">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1 border-b pb-3">
        <span className="flex items-center gap-2 font-semibold">
          <BrandMark className="size-5" />
          MCP Stack
        </span>
        <h1 className="text-muted">Incident report</h1>
        <p className="text-muted text-xs sm:ml-auto">
          This link works until <Time value={shared.expiresAt} display="datetime" />
        </p>
      </div>
      <ReportView report={shared.report} hrefOf={null} />
    </main>
  );
}
