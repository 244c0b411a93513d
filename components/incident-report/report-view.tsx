import Link from "next/link";
import type { ReactNode } from "react";
import { CallsTable } from "#components/incident-timeline/calls-table.tsx";
import { HopChain } from "#components/incidents/hop-chain.tsx";
import { causeText } from "#components/incidents/incident-text.ts";
import { StageStatusIcon } from "#components/incidents/stage-status.tsx";
import { STAGE_WORDS } from "#components/incidents/stages.ts";
import { formatCount } from "#components/ui/numbers.ts";
import { Time } from "#components/ui/time.tsx";
import { withSigns } from "#lib/client/log-stream/signs.ts";
import type { CheckResult, Diagnosis, EvidenceRef, Verdict } from "#lib/contract/diagnosis.ts";
import type { IncidentReport } from "#lib/contract/incidents.ts";
import { ReportFacts } from "./report-facts.tsx";

interface ReportViewProps {
  report: IncidentReport;
  /** Where the dashboard shows a path; null for readers who have no account. */
  hrefOf: ((path: string) => string) | null;
}

/** Rows of the report that are printed; the files hold all of them. */
const CALLS_SHOWN = 50;
const EVENTS_SHOWN = 200;

/** An incident as a page to read, print and hand on. What comes from callers, servers and upstreams is text and nothing else. */
export function ReportView({ report, hrefOf }: ReportViewProps) {
  const { incident, diagnosis, timeline, events } = report;
  return (
    <article
      data-prints-alone
      className="grid min-w-0 gap-6 break-words"
      aria-label={`Report of incident ${incident.number}`}
    >
      <header className="grid gap-1.5">
        <p className="text-muted text-xs">
          {withSigns(report.organization)} · incident #{incident.number} · as of{" "}
          <Time value={report.generatedAt} display="datetime" />
        </p>
        <h2 className="font-semibold text-xl leading-snug tracking-[-0.012em]">
          {withSigns(incident.title)}
        </h2>
      </header>
      <ReportFacts incident={incident} />
      {diagnosis === null ? (
        <Part title="Diagnosis">
          <p className="text-muted">None was made yet.</p>
        </Part>
      ) : (
        <DiagnosisPart diagnosis={diagnosis} override={incident.override} hrefOf={hrefOf} />
      )}
      {timeline !== null && timeline.calls.length > 0 ? (
        <Part title="Calls" aside={shownOf(CALLS_SHOWN, timeline.calls.length)}>
          <div className="overflow-hidden rounded-md border">
            <CallsTable calls={timeline.calls.slice(0, CALLS_SHOWN)} hrefOf={null} />
          </div>
          {timeline.capped.length > 0 ? (
            <p className="text-muted text-xs">
              More is stored than the report holds of: {timeline.capped.join(", ")}.
            </p>
          ) : null}
        </Part>
      ) : null}
      {events.length > 0 ? (
        <Part title="What was done" aside={shownOf(EVENTS_SHOWN, events.length)}>
          <ol className="grid gap-1.5">
            {events.slice(0, EVENTS_SHOWN).map((event) => (
              <li key={event.id} className="grid gap-x-4 sm:grid-cols-[9rem_minmax(0,1fr)]">
                <Time value={event.at} display="datetime" className="text-muted text-xs leading-5" />
                <span className="min-w-0 whitespace-pre-wrap break-words">
                  {withSigns(event.text)}
                  {event.actor ? <span className="text-muted"> · {withSigns(event.actor)}</span> : null}
                </span>
              </li>
            ))}
          </ol>
        </Part>
      ) : null}
      {diagnosis === null ? null : (
        <footer className="border-t pt-3 text-faint text-xs">
          Evidence collected <Time value={diagnosis.collectedAt} display="datetime" />. SHA-256{" "}
          <code className="break-all">{diagnosis.evidenceSha256}</code>
        </footer>
      )}
    </article>
  );
}

const shownOf = (shown: number, total: number): string | null =>
  total > shown ? `${formatCount(shown)} of ${formatCount(total)}` : null;

function Part({
  title,
  aside = null,
  children,
}: {
  title: string;
  aside?: string | null;
  children: ReactNode;
}) {
  return (
    <section className="grid min-w-0 gap-2.5" aria-label={title}>
      <h3 className="border-b pb-1 font-semibold text-base">
        {title}
        {aside === null ? null : <span className="ml-2 font-normal text-faint text-xs">{aside}</span>}
      </h3>
      {children}
    </section>
  );
}

interface DiagnosisPartProps extends Pick<ReportViewProps, "hrefOf"> {
  diagnosis: Diagnosis;
  override: IncidentReport["incident"]["override"];
}

function DiagnosisPart({ diagnosis, override, hrefOf }: DiagnosisPartProps) {
  const { verdict, alternatives, ruledOut, missing, status, headline, stages } = diagnosis;
  return (
    <>
      <Part title="Diagnosis">
        {override === null ? null : (
          <p className="rounded-md border border-info/35 bg-info/6 px-3 py-2">
            <span className="font-medium">{withSigns(override.by.name)} says:</span>{" "}
            {causeText(withSigns(override.verdict))}. {withSigns(override.note)}
          </p>
        )}
        <p className="font-medium text-base">
          {status === "abstained" ? "Not enough evidence: " : ""}
          {withSigns(headline)}
        </p>
        {verdict === null ? null : <VerdictBody verdict={verdict} hrefOf={hrefOf} />}
        {alternatives.length === 0 ? null : (
          <List title={verdict === null ? "It may be" : "It may also be, or be as well"}>
            {alternatives.map((other) => (
              <li key={`${other.code}:${other.sentence}`} className="grid gap-1">
                <span>
                  {withSigns(other.sentence)}{" "}
                  <span className="text-muted">
                    ({other.confidence}: {causeText(other.code)})
                  </span>
                </span>
                <Refs refs={other.evidence} hrefOf={hrefOf} />
              </li>
            ))}
          </List>
        )}
        {missing.length === 0 ? null : (
          <List title="Not known">
            {missing.map(({ part, why, how }) => (
              <li key={`${part}:${why}`}>
                {part}: {withSigns(why)} <span className="text-muted">{withSigns(how)}</span>
              </li>
            ))}
          </List>
        )}
        {ruledOut.length === 0 ? null : (
          <p className="text-muted">Ruled out: {ruledOut.map(causeText).join(", ")}.</p>
        )}
      </Part>
      <Part title="What was looked at">
        <ol className="grid gap-4">
          {stages.map(({ stage, status: stageStatus, checks }) => (
            <li key={stage} className="grid min-w-0 gap-1.5">
              <h4 className="flex items-center gap-2 font-medium">
                <StageStatusIcon status={stageStatus} />
                {STAGE_WORDS[stage].label}
              </h4>
              {checks.length === 0 ? (
                <p className="pl-7 text-muted">Nothing to check.</p>
              ) : (
                <ul className="grid gap-1.5 pl-7">
                  {checks.map((check) => (
                    <CheckItem key={check.id} check={check} hrefOf={hrefOf} />
                  ))}
                </ul>
              )}
            </li>
          ))}
        </ol>
      </Part>
    </>
  );
}

function VerdictBody({ verdict, hrefOf }: { verdict: Verdict } & Pick<ReportViewProps, "hrefOf">) {
  return (
    <>
      <p className="text-muted">
        {verdict.confidence === "certain" ? "Certain" : "Likely"}: {causeText(verdict.code)}.
      </p>
      <HopChain broken={verdict.hop} />
      <List title="Seen">
        {verdict.evidence.map((ref) => (
          <li key={`${ref.kind}:${ref.id}:${ref.label}`}>
            <Ref evidence={ref} hrefOf={hrefOf} />
          </li>
        ))}
      </List>
      {verdict.fix.length === 0 ? null : (
        <List title="To fix it">
          {verdict.fix.map((step) => (
            <li key={step}>{withSigns(step)}</li>
          ))}
        </List>
      )}
    </>
  );
}

/** One check; what is fine or was not needed says its finding, the others also what it stands on. */
function CheckItem({ check, hrefOf }: { check: CheckResult } & Pick<ReportViewProps, "hrefOf">) {
  const asks = check.status === "fail" || check.status === "warn";
  return (
    <li className="grid min-w-0 grid-cols-[1.25rem_minmax(0,1fr)] gap-x-2 break-inside-avoid">
      <StageStatusIcon status={check.status} className="size-4 translate-y-0.5" />
      <span className="min-w-0">
        <span className={asks ? "font-medium" : "text-muted"}>{withSigns(check.title)}:</span>{" "}
        {withSigns(check.finding)}
        {asks ? <Refs refs={check.evidence} hrefOf={hrefOf} /> : null}
      </span>
    </li>
  );
}

const List = ({ title, children }: { title: string; children: ReactNode }) => (
  <div className="grid gap-1">
    <h4 className="text-muted text-xs">{title}</h4>
    <ul className="grid list-disc gap-1 pl-5 marker:text-faint">{children}</ul>
  </div>
);

function Refs({ refs, hrefOf }: { refs: readonly EvidenceRef[] } & Pick<ReportViewProps, "hrefOf">) {
  if (refs.length === 0) return null;
  return (
    <span className="block text-muted text-xs">
      {refs.map((ref, index) => (
        <span key={`${ref.kind}:${ref.id}:${ref.label}`}>
          {index > 0 ? " · " : ""}
          <Ref evidence={ref} hrefOf={hrefOf} />
        </span>
      ))}
    </span>
  );
}

function Ref({ evidence, hrefOf }: { evidence: EvidenceRef } & Pick<ReportViewProps, "hrefOf">) {
  const label = withSigns(evidence.label);
  return (
    <>
      {hrefOf === null || evidence.path === null ? (
        label
      ) : (
        <Link
          href={hrefOf(evidence.path)}
          prefetch={false}
          className="rounded-sm text-accent hover:underline"
        >
          {label}
        </Link>
      )}
      {evidence.at === null ? null : (
        <>
          {" "}
          <Time value={evidence.at} display="datetime" className="text-faint text-xs" />
        </>
      )}
    </>
  );
}
